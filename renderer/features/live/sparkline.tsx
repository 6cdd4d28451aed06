import css from './live.module.css';

const width = 72;
const height = 16;

/** A line through `values` (oldest first), scaled to its own largest; NaN leaves a gap. */
export function sparkPath(values: Float64Array): string {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  const step = width / Math.max(1, values.length - 1);
  let path = '';
  let pen = false;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) {
      pen = false;
      return;
    }
    const y = height - 1 - (largest > 0 ? (value / largest) * (height - 3) : 0);
    path += `${pen ? 'L' : 'M'}${(i * step).toFixed(1)} ${y.toFixed(1)}`;
    pen = true;
  });
  return path;
}

/** Requests a second over the last minute. Decoration: the number stands beside it. */
export function Sparkline({ values, tall = false }: { values: Float64Array; tall?: boolean }) {
  return (
    <svg
      className={tall ? css['sparkTall'] : css['spark']}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {/* The whole minute, so that a young line is seen to be young. */}
      <line x1="0" x2={width} y1={height - 1} y2={height - 1} />
      <path d={sparkPath(values)} />
    </svg>
  );
}
