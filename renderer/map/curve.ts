/** A cubic curve from one card's right side to another's left, level at both ends. */
export interface Curve {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

const steps = 32;

/** A point of the curve by its parameter (0–1), which is not its length. */
export function pointOn(curve: Curve, u: number): { x: number; y: number } {
  const { x1, y1, x2, y2 } = curve;
  const mid = (x1 + x2) / 2;
  const v = 1 - u;
  return {
    x: v * v * v * x1 + 3 * v * v * u * mid + 3 * v * u * u * mid + u * u * u * x2,
    y: v * v * v * y1 + 3 * v * v * u * y1 + 3 * v * u * u * y2 + u * u * u * y2,
  };
}

/** A curve measured once, so that dots move along it at an even pace. */
export class MeasuredCurve {
  readonly curve: Curve;
  /** Pixels. */
  readonly length: number;
  private readonly x = new Float32Array(steps + 1);
  private readonly y = new Float32Array(steps + 1);
  private readonly at = new Float32Array(steps + 1);

  constructor(curve: Curve) {
    this.curve = curve;
    let length = 0;
    for (let i = 0; i <= steps; i++) {
      const p = pointOn(curve, i / steps);
      if (i > 0) length += Math.hypot(p.x - this.x[i - 1]!, p.y - this.y[i - 1]!);
      this.x[i] = p.x;
      this.y[i] = p.y;
      this.at[i] = length;
    }
    this.length = length;
  }

  /**
   * The point at a share (0–1) of the length, moved `aside` pixels across the curve; written to `out`, which is returned.
   */
  along(share: number, aside: number, out: { x: number; y: number }): { x: number; y: number } {
    const wanted = Math.min(1, Math.max(0, share)) * this.length;
    let low = 0;
    let high = steps;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.at[middle]! <= wanted) low = middle;
      else high = middle;
    }
    const span = this.at[high]! - this.at[low]!;
    const f = span > 0 ? (wanted - this.at[low]!) / span : 0;
    const dx = this.x[high]! - this.x[low]!;
    const dy = this.y[high]! - this.y[low]!;
    const d = Math.hypot(dx, dy) || 1;
    out.x = this.x[low]! + dx * f - (dy / d) * aside;
    out.y = this.y[low]! + dy * f + (dx / d) * aside;
    return out;
  }
}
