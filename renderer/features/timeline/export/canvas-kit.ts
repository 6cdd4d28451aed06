import type { EffectiveState } from '../../../ui/effective-state.ts';

/** The theme's colours, for pictures drawn without the page. */
export interface Colours {
  bg: string;
  surface: string;
  surface2: string;
  surface3: string;
  line: string;
  lineStrong: string;
  text: string;
  muted: string;
  flow: string;
  onDown: string;
  state: Record<EffectiveState, string>;
}

const states: EffectiveState[] = ['healthy', 'checking', 'draining', 'backup', 'down', 'rejecting'];

/** Reads the colours of the theme the page wears. */
export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string) => style.getPropertyValue(name).trim();
  return {
    ...{ bg: get('--bg'), surface: get('--surface'), surface2: get('--surface-2'), surface3: get('--surface-3'), line: get('--line') },
    ...{ lineStrong: get('--line-strong'), text: get('--text'), muted: get('--muted'), flow: get('--flow'), onDown: get('--on-down') },
    state: Object.fromEntries(states.map((state) => [state, get(`--st-${state}`)])) as Colours['state'],
  };
}

/** A canvas' font in the window's own type. */
export const font = (size: number, weight = 400): string => `${weight} ${size}px Inter, system-ui, sans-serif`;

type Ctx = CanvasRenderingContext2D;

interface TextLook {
  size?: number;
  weight?: number;
  align?: CanvasTextAlign;
  /** Shortened with "…" when it would be wider. Pixels. */
  max?: number;
}

/** Writes one line; @returns how wide it is. */
export function write(
  ctx: Ctx,
  words: string,
  x: number,
  y: number,
  colour: string,
  { size = 12, weight = 400, align = 'left', max }: TextLook = {},
): number {
  ctx.font = font(size, weight);
  ctx.fillStyle = colour;
  ctx.textAlign = align;
  ctx.textBaseline = 'alphabetic';
  let shown = words;
  if (max !== undefined && ctx.measureText(shown).width > max) {
    while (shown.length > 1 && ctx.measureText(`${shown}…`).width > max) shown = shown.slice(0, -1);
    shown = `${shown}…`;
  }
  ctx.fillText(shown, x, y);
  return ctx.measureText(shown).width;
}

export function box(
  ctx: Ctx,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
  fill: string | null,
  edge?: string,
): void {
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, radius);
  if (fill !== null) {
    ctx.fillStyle = fill;
    ctx.fill();
  }
  if (edge !== undefined) {
    ctx.strokeStyle = edge;
    ctx.lineWidth = 1;
    ctx.stroke();
  }
}

/** Slanting lines within a rectangle. @param gap from line to line, pixels. */
export function hatch(ctx: Ctx, x: number, y: number, width: number, height: number, colour: string, gap = 6, thick = 2.2): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.lineWidth = thick;
  ctx.beginPath();
  const step = gap * Math.SQRT2;
  for (let at = x - height - ((((x - height) % step) + step) % step); at < x + width + step; at += step) {
    ctx.moveTo(at, y + height);
    ctx.lineTo(at + height, y);
  }
  ctx.stroke();
  ctx.restore();
}

/** A state's ring and glyph, as the window draws them. `x`, `y`: its middle. */
export function ring(ctx: Ctx, state: EffectiveState, x: number, y: number, size: number, colours: Colours): void {
  const colour = colours.state[state];
  ctx.save();
  ctx.translate(x - size / 2, y - size / 2);
  ctx.scale(size / 32, size / 32);
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  const circle = (r: number, width: number, dash: number[] = [], from = 0) => {
    ctx.setLineDash(dash);
    ctx.lineWidth = width;
    ctx.lineCap = 'butt';
    ctx.beginPath();
    ctx.arc(16, 16, r, from, from + 2 * Math.PI);
    ctx.stroke();
    ctx.setLineDash([]);
  };
  const glyph = (path: string, width: number) => {
    ctx.lineWidth = width;
    ctx.lineCap = 'round';
    ctx.lineJoin = 'round';
    ctx.stroke(new Path2D(path));
  };
  switch (state) {
    case 'healthy':
      circle(13.5, 3);
      glyph('M10.8 16.4l3.6 3.6 6.9-7.4', 2.6);
      break;
    case 'checking':
      circle(13.5, 3, [2, 4.05]);
      circle(6.5, 2);
      ctx.fill(new Path2D('M16 16V9.5A6.5 6.5 0 0 1 22.5 16z'));
      break;
    case 'draining':
      circle(13.5, 3, [10, 4]);
      glyph('M16 9.6v12M10.9 16.8l5.1 5.1 5.1-5.1', 2.6);
      break;
    case 'backup':
      circle(14.2, 1.8);
      circle(10.6, 1.8);
      glyph('M13.2 11.4h3.1a2.2 2.2 0 0 1 0 4.5h-3.1zM13.2 15.9h3.6a2.35 2.35 0 0 1 0 4.7h-3.6z', 1.9);
      break;
    case 'down':
      circle(13.5, 3, [20, 8.27], (-50 * Math.PI) / 180);
      glyph('M11.5 11.5l9 9M20.5 11.5l-9 9', 2.8);
      break;
    case 'rejecting':
      circle(13.5, 3.6, [1.6, 1.93]);
      circle(6.5, 2.2);
      glyph('M11.6 20.4l8.8-8.8', 2.2);
      break;
  }
  ctx.restore();
}

/** A piece of a lane in its state's own pattern. `y`: the middle of the lane. */
export function piece(ctx: Ctx, state: EffectiveState, x: number, width: number, y: number, colours: Colours): void {
  const colour = colours.state[state];
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = 1.5;
  switch (state) {
    case 'healthy':
      box(ctx, x, y - 5, width, 10, Math.min(2, width / 2), colour);
      break;
    case 'checking':
      if (width < 3) ctx.fillRect(x, y - 5, width, 10);
      else {
        ctx.setLineDash([2, 3]);
        ctx.strokeRect(x + 0.75, y - 5.25, width - 1.5, 10.5);
        ctx.setLineDash([]);
      }
      break;
    case 'down':
      hatch(ctx, x, y - 7.5, width, 15, colour);
      ctx.lineWidth = 1;
      ctx.strokeRect(x, y - 7.5, width, 15);
      break;
    case 'draining':
      for (let at = x; at < x + width; at += 9) ctx.fillRect(at, y - 5, Math.min(6, x + width - at), 10);
      break;
    case 'backup':
      ctx.fillRect(x, y - 5, width, 2);
      ctx.fillRect(x, y + 3, width, 2);
      break;
    case 'rejecting':
      for (let at = x; at < x + width; at += 4) ctx.fillRect(at, y - 5, Math.min(2, x + width - at), 10);
      break;
  }
}

export function diamond(ctx: Ctx, x: number, y: number, fill: string, edge: string): void {
  ctx.beginPath();
  ctx.moveTo(x, y - 6.5);
  ctx.lineTo(x + 6.5, y);
  ctx.lineTo(x, y + 6.5);
  ctx.lineTo(x - 6.5, y);
  ctx.closePath();
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.strokeStyle = edge;
  ctx.lineWidth = 1.5;
  ctx.stroke();
}
