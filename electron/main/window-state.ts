import type { Rectangle } from 'electron';
import { z } from 'zod';

/** Where the window was. Pixels; maximized keeps the bounds it returns to. */
export const windowStateSchema = z.object({
  bounds: z.object({ x: z.number().int(), y: z.number().int(), width: z.number().int(), height: z.number().int() }),
  maximized: z.boolean(),
});
export type WindowState = z.output<typeof windowStateSchema>;

export const defaultSize = { width: 1280, height: 800 };
export const minimumSize = { width: 960, height: 600 };

const overlap = (aStart: number, aLength: number, bStart: number, bLength: number): number =>
  Math.min(aStart + aLength, bStart + bLength) - Math.max(aStart, bStart);

/**
 * Bounds to open with: the saved ones if enough of the title bar is on a display that is still there, else the default
 * size, which the system places.
 */
export function boundsToOpen(saved: unknown, workAreas: readonly Rectangle[]): Partial<Rectangle> & { width: number; height: number } {
  const state = windowStateSchema.safeParse(saved);
  if (!state.success) return defaultSize;
  const { x, y, ...kept } = state.data.bounds;
  const wanted = { width: Math.max(kept.width, minimumSize.width), height: Math.max(kept.height, minimumSize.height) };
  const area = workAreas.find((one) => overlap(x, wanted.width, one.x, one.width) >= 100 && y >= one.y && y < one.y + one.height - 50);
  if (!area) return smallerThan(wanted, workAreas[0]);
  // A display may have become smaller: in pixels, or because its scale was raised.
  return { x, y, ...smallerThan(wanted, area) };
}

/** A size no larger than the display, unless that is smaller than what the screens need. */
function smallerThan(size: { width: number; height: number }, area: Rectangle | undefined): { width: number; height: number } {
  if (!area) return size;
  return {
    width: Math.max(minimumSize.width, Math.min(size.width, area.width)),
    height: Math.max(minimumSize.height, Math.min(size.height, area.height)),
  };
}
