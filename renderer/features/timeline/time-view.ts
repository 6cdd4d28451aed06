/** The stretch of time that is in view. Milliseconds since the epoch. */
export interface TimeView {
  from: number;
  to: number;
}

/** Closer than this nothing more is to be seen: ticks are 100 ms long. Milliseconds. */
export const leastSpanMs = 1_000;

/** `view` within `bounds`, no shorter than a second (or all there is) and no longer than the bounds. */
export function clampView(view: TimeView, bounds: TimeView): TimeView {
  const all = bounds.to - bounds.from;
  const span = Math.min(all, Math.max(Math.min(leastSpanMs, all), view.to - view.from));
  const middle = (view.from + view.to) / 2;
  const from = Math.min(bounds.to - span, Math.max(bounds.from, middle - span / 2));
  return { from, to: from + span };
}

/** Nearer (factor below 1) or further around a moment, which keeps its place. */
export function zoomAt(view: TimeView, at: number, factor: number, bounds: TimeView): TimeView {
  const all = bounds.to - bounds.from;
  const span = Math.min(all, Math.max(Math.min(leastSpanMs, all), (view.to - view.from) * factor));
  const share = view.to > view.from ? (at - view.from) / (view.to - view.from) : 0.5;
  return clampView({ from: at - share * span, to: at + (1 - share) * span }, bounds);
}

/** Earlier (negative) or later. */
export function panBy(view: TimeView, ms: number, bounds: TimeView): TimeView {
  return clampView({ from: view.from + ms, to: view.to + ms }, bounds);
}

/** Moved just so far that a moment is in it. */
export function reveal(view: TimeView, time: number, bounds: TimeView): TimeView {
  if (time >= view.from && time <= view.to) return view;
  const span = view.to - view.from;
  const margin = span * 0.1;
  return time < view.from
    ? clampView({ from: time - margin, to: time - margin + span }, bounds)
    : clampView({ from: time + margin - span, to: time + margin }, bounds);
}

/** Where a moment stands, in pixels of `width`. */
export const placeOf = (time: number, view: TimeView, width: number): number =>
  view.to > view.from ? ((time - view.from) / (view.to - view.from)) * width : 0;

/** The moment at a place. */
export const timeAt = (x: number, view: TimeView, width: number): number =>
  width > 0 ? view.from + (x / width) * (view.to - view.from) : view.from;

const minute = 60_000;
const hour = 60 * minute;
const steps = [
  ...[100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000],
  ...[minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour],
];

/** How far apart the marks of the axis are, so that each has at least `room` pixels. Milliseconds. */
export function axisStep(view: TimeView, width: number, room = 96): number {
  const least = ((view.to - view.from) * room) / Math.max(1, width);
  return steps.find((step) => step >= least) ?? steps.at(-1)!;
}

/** Moments that get a mark: whole steps of the clock on the wall. */
export function axisMarks(view: TimeView, step: number): number[] {
  // Steps of hours begin at midnight here, not at midnight UTC.
  const offset = new Date(view.from).getTimezoneOffset() * minute;
  const first = Math.ceil((view.from - offset) / step) * step + offset;
  const marks: number[] = [];
  for (let time = first; time <= view.to; time += step) marks.push(time);
  return marks;
}
