import type { Band } from './bands.ts';
import type { MeasuredCurve } from './curve.ts';
import type { DotField } from './dot-field.ts';
import { type Flight, flightPoint, flightProgress } from './flight.ts';

/** Colours of the theme in use, read from the page. */
export interface Palette {
  ground: string;
  band: string;
  bandChosen: string;
  flow: string;
  line: string;
  muted: string;
  down: string;
  draining: string;
  backup: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const get = (name: string) => style.getPropertyValue(name).trim();
  return {
    // What the page is drawn with, where a reader has put colours of their own over ours.
    ground: getComputedStyle(document.body).backgroundColor,
    band: get('--band'),
    bandChosen: get('--band-on'),
    flow: get('--flow'),
    line: get('--line-strong'),
    muted: get('--muted'),
    down: get('--st-down'),
    draining: get('--st-draining'),
    backup: get('--st-backup'),
  };
}

export interface PaintedBand extends Band {
  measured: MeasuredCurve;
  /** The width as it is now, on its way to `width`. */
  shown: number;
}

/** One error, on the edge where it happened. */
export interface Diamond {
  band: string;
  /** Share of the way at which it stands. */
  way: number;
  bornAt: number;
}

export interface Picture {
  bands: readonly PaintedBand[];
  dots: DotField;
  diamonds: readonly Diamond[];
  flights: readonly Flight[];
  now: number;
}

const dotRadius = 1.7;
/** Milliseconds an error stays, the last second of it fading. */
export const diamondMs = 3_000;

const point = { x: 0, y: 0 };

function trace(ctx: CanvasRenderingContext2D, { curve }: Band): void {
  const mid = (curve.x1 + curve.x2) / 2;
  ctx.beginPath();
  ctx.moveTo(curve.x1, curve.y1);
  ctx.bezierCurveTo(mid, curve.y1, mid, curve.y2, curve.x2, curve.y2);
}

function cross(ctx: CanvasRenderingContext2D, band: PaintedBand, palette: Palette): void {
  const { x, y } = band.measured.along(0.5, 0, point);
  ctx.fillStyle = palette.ground;
  ctx.beginPath();
  ctx.arc(x, y, 8, 0, 2 * Math.PI);
  ctx.fill();
  ctx.strokeStyle = palette.down;
  ctx.lineWidth = 2.2;
  ctx.lineCap = 'round';
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(x - 4, y - 4);
  ctx.lineTo(x + 4, y + 4);
  ctx.moveTo(x + 4, y - 4);
  ctx.lineTo(x - 4, y + 4);
  ctx.stroke();
  ctx.lineCap = 'butt';
}

function paintBand(ctx: CanvasRenderingContext2D, band: PaintedBand, palette: Palette): void {
  if (band.shown > 0.4 && band.look !== 'down') {
    trace(ctx, band);
    ctx.setLineDash([]);
    ctx.strokeStyle = band.chosen ? palette.bandChosen : palette.band;
    ctx.lineWidth = band.shown;
    ctx.stroke();
  }
  if (band.look === 'plain' && band.width > 0) return;
  trace(ctx, band);
  ctx.lineWidth = 1.5;
  switch (band.look) {
    case 'down':
      ctx.setLineDash([2, 5]);
      ctx.strokeStyle = palette.down;
      break;
    case 'draining':
      ctx.setLineDash([6, 5]);
      ctx.strokeStyle = palette.draining;
      ctx.lineWidth = 1.25;
      break;
    case 'backup':
      ctx.setLineDash([6, 5]);
      ctx.strokeStyle = palette.backup;
      break;
    case 'off':
      ctx.setLineDash([3, 5]);
      ctx.strokeStyle = palette.line;
      break;
    case 'plain':
      ctx.setLineDash([]);
      ctx.strokeStyle = band.chosen ? palette.bandChosen : palette.band;
      break;
  }
  ctx.stroke();
  ctx.setLineDash([]);
  if (band.look === 'down') cross(ctx, band, palette);
}

function paintDots(ctx: CanvasRenderingContext2D, { bands, dots }: Picture, palette: Palette): void {
  ctx.fillStyle = palette.flow;
  ctx.beginPath();
  for (let i = 0; i < dots.count; i++) {
    const band = bands[dots.stream[i]!];
    if (!band || band.look === 'down') continue;
    const { x, y } = band.measured.along(dots.way[i]!, dots.aside[i]! * Math.max(0, band.shown - 5), point);
    ctx.moveTo(x + dotRadius, y);
    ctx.arc(x, y, dotRadius, 0, 2 * Math.PI);
  }
  ctx.fill();
}

function paintDiamonds(ctx: CanvasRenderingContext2D, { bands, diamonds, now }: Picture, palette: Palette): void {
  for (const diamond of diamonds) {
    const band = bands.find((b) => b.id === diamond.band);
    if (!band) continue;
    const age = now - diamond.bornAt;
    ctx.globalAlpha = Math.max(0, Math.min(1, (diamondMs - age) / 1_000));
    const { x, y } = band.measured.along(diamond.way, 0, point);
    ctx.beginPath();
    ctx.moveTo(x, y - 5);
    ctx.lineTo(x + 5, y);
    ctx.lineTo(x, y + 5);
    ctx.lineTo(x - 5, y);
    ctx.closePath();
    ctx.fillStyle = palette.down;
    ctx.fill();
    ctx.strokeStyle = palette.ground;
    ctx.lineWidth = 1.5;
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

function paintTrails(ctx: CanvasRenderingContext2D, { flights, now }: Picture, palette: Palette): void {
  ctx.strokeStyle = palette.muted;
  ctx.lineWidth = 1.25;
  ctx.lineCap = 'round';
  ctx.setLineDash([1, 4]);
  for (const flight of flights) {
    const done = flightProgress(flight, now);
    if (done <= 0 || done >= 1) continue;
    ctx.beginPath();
    for (let u = 0; u <= done; u += 1 / 24) {
      const p = flightPoint(flight, u);
      if (u === 0) ctx.moveTo(p.x, p.y);
      else ctx.lineTo(p.x, p.y);
    }
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.lineCap = 'butt';
}

/** Draws one picture in pixels of the map's content; the caller has cleared and moved the canvas. */
export function paint(ctx: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  for (const band of picture.bands) if (!band.chosen) paintBand(ctx, band, palette);
  for (const band of picture.bands) if (band.chosen) paintBand(ctx, band, palette);
  paintTrails(ctx, picture, palette);
  paintDots(ctx, picture, palette);
  paintDiamonds(ctx, picture, palette);
}
