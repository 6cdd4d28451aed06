export interface Point {
  x: number;
  y: number;
}

/** One client on its way from one group to another: an arc through the gutter right of the clients. */
export interface Flight {
  from: Point;
  to: Point;
  /** The gutter's x, which the arc leans towards. */
  gutter: number;
  /** `performance.now()` at which it leaves. */
  startsAt: number;
  /** Milliseconds. */
  duration: number;
}

const ease = (t: number) => (t < 0.5 ? 2 * t * t : 1 - (-2 * t + 2) ** 2 / 2);

/** Where a flight is at a share (0–1) of its arc. */
export function flightPoint(flight: Pick<Flight, 'from' | 'to' | 'gutter'>, u: number): Point {
  const { from, to } = flight;
  const v = 1 - u;
  // A cubic reaches three quarters of the way to its handles.
  const middle = (from.x + to.x) / 2;
  const side = middle + Math.max(0, flight.gutter - middle) * (4 / 3);
  const dy = to.y - from.y;
  return {
    x: v * v * v * from.x + 3 * v * v * u * side + 3 * v * u * u * side + u * u * u * to.x,
    y: v * v * v * from.y + 3 * v * v * u * (from.y + dy * 0.12) + 3 * v * u * u * (to.y - dy * 0.08) + u * u * u * to.y,
  };
}

/** Share of the arc done at a time; 0 before it starts, 1 when it is over. */
export function flightProgress(flight: Pick<Flight, 'startsAt' | 'duration'>, now: number): number {
  return ease(Math.min(1, Math.max(0, (now - flight.startsAt) / flight.duration)));
}

/** The arc as keyframes, relative to its end: what an element that already stands there is moved by. */
export function flightKeyframes(flight: Pick<Flight, 'from' | 'to' | 'gutter'>, count = 14): Keyframe[] {
  return Array.from({ length: count + 1 }, (_, i) => {
    const p = flightPoint(flight, ease(i / count));
    return { transform: `translate(${(p.x - flight.to.x).toFixed(1)}px, ${(p.y - flight.to.y).toFixed(1)}px)` };
  });
}

/**
 * When each of `count` clients that move together leaves: in order, spread over at most `most` milliseconds.
 */
export function stagger(count: number, most = 400, each = 40): number[] {
  const step = count > 1 ? Math.min(each, most / (count - 1)) : 0;
  return Array.from({ length: count }, (_, i) => i * step);
}
