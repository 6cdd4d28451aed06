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
  const size = { width: Math.max(kept.width, minimumSize.width), height: Math.max(kept.height, minimumSize.height) };
  const visible = workAreas.some(
    (area) => overlap(x, size.width, area.x, area.width) >= 100 && y >= area.y && y < area.y + area.height - 50,
  );
  return visible ? { x, y, ...size } : size;
}
