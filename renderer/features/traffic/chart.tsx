import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatClock, shortenMiddle } from '../../ui/format.ts';
import { inRem, textScale, useTextScale } from '../../ui/text-scale.ts';
import { markPath, newestValue, sayTick, type Line, type LineLook, type Measure } from './traffic-lines.ts';
import styles from './traffic.module.css';

/**
 * Left of every plot, for the scale; right of it, for the names of the lines. Equal everywhere, so that times stand under each other.
 * As all lengths here in pixels at the usual text size.
 */
export const gutter = { left: 52, right: 104 };
/** Height of a name's line, and how much of a name there is room for. */
const labelHeight = 14;
const labelChars = 14;

type Palette = Record<LineLook['shade'] | 'control' | 'line' | 'bg', string> & { sans: string; theme: string };

let known: Palette | undefined;

/** The theme's greys, read once a theme. */
function palette(): Palette {
  const theme = document.documentElement.dataset['theme'] ?? '';
  if (known?.theme === theme) return known;
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  known = {
    theme,
    text: read('--text'),
    muted: read('--muted'),
    control: read('--control'),
    line: read('--line'),
    bg: read('--bg'),
    sans: read('--sans'),
  };
  return known;
}

/** Names at the ends of their lines, moved apart where lines end close together. */
function drawNames(u: uPlot, lines: readonly Line[]): void {
  const { ctx, bbox } = u;
  const ratio = uPlot.pxRatio * textScale();
  const step = labelHeight * ratio;
  const labels = lines
    .map((line) => ({ line, value: newestValue(line.values) }))
    .filter((one): one is { line: Line; value: number } => one.value !== null)
    .map(({ line, value }) => ({ line, end: u.valToPos(value, 'y', true), y: u.valToPos(value, 'y', true) }))
    .sort((a, b) => a.y - b.y)
    // More than fit are only in the list above, the lowest first.
    .slice(0, Math.floor(bbox.height / step) + 1);
  // Down from the top so that none covers the one above, then up again where that pushed the last ones out.
  const floor = bbox.top + bbox.height;
  labels.forEach((label, i) => {
    label.y = Math.max(label.y, i === 0 ? bbox.top : labels[i - 1]!.y + step);
  });
  for (let i = labels.length - 1; i >= 0; i--)
    labels[i]!.y = Math.min(labels[i]!.y, i === labels.length - 1 ? floor : labels[i + 1]!.y - step);
  const colors = palette();
  const left = bbox.left + bbox.width;
  const last = Math.min(left, u.valToPos(u.data[0].at(-1) ?? 0, 'x', true));
  ctx.save();
  ctx.font = `${12 * ratio}px ${colors.sans}`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  // The last line's dashes are still set.
  ctx.setLineDash([]);
  for (const { line, end, y } of labels) {
    ctx.strokeStyle = colors.control;
    ctx.lineWidth = ratio;
    ctx.beginPath();
    ctx.moveTo(last, end);
    ctx.lineTo(left + 8 * ratio, y);
    ctx.stroke();
    ctx.fillStyle = line.look?.shade === 'text' ? colors.text : colors.muted;
    ctx.fillText(shortenMiddle(line.name, labelChars), left + 12 * ratio, y);
  }
  ctx.restore();
}

/** Between two shapes on a line, and half the width of one. Pixels. */
const markEvery = 84;
const markSize = 3.5;

/** The shapes of the lines that have some; each line's a little further on, so that they do not cover one another. */
function drawMarks(u: uPlot, lines: readonly Line[]): void {
  const { ctx } = u;
  const ratio = uPlot.pxRatio * textScale();
  const times = u.data[0];
  if (times.length < 2) return;
  const apart = Math.abs(u.valToPos(times[1]!, 'x') - u.valToPos(times[0]!, 'x'));
  const step = Math.max(1, Math.round((markEvery * textScale()) / Math.max(apart, 0.01)));
  const colors = palette();
  ctx.save();
  ctx.setLineDash([]);
  ctx.lineWidth = 1.5 * ratio;
  ctx.fillStyle = colors.bg;
  lines.forEach(({ look, values }, n) => {
    if (!look?.mark) return;
    const shape = new Path2D(markPath(look.mark, markSize * ratio));
    ctx.strokeStyle = colors[look.shade];
    // Counted from the newest: a line that has only just begun has one too.
    for (let i = times.length - 1 - Math.round((n / lines.length) * step); i >= 0; i -= step) {
      const value = values[i];
      const x = u.valToPos(times[i]!, 'x', true);
      if (value === null || value === undefined || x < u.bbox.left) continue;
      ctx.save();
      ctx.translate(x, u.valToPos(value, 'y', true));
      ctx.fill(shape);
      ctx.stroke(shape);
      ctx.restore();
    }
  });
  ctx.restore();
}

function drawEvents(u: uPlot, times: readonly number[]): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = palette().control;
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash([3 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
  for (const time of times) {
    const x = Math.round(u.valToPos(time / 1_000, 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** A piece of the line as it is drawn. */
function Sample({ look }: { look: LineLook }) {
  return (
    <svg className={styles['sample']} width={inRem(22)} height={inRem(10)} viewBox="0 0 22 10" aria-hidden="true">
      <path d="M0 5h22" stroke={`var(--${look.shade})`} strokeWidth={look.width} strokeDasharray={look.dash.join(' ')} />
      {look.mark ? (
        <path
          d={markPath(look.mark, markSize)}
          transform="translate(11 5)"
          fill="var(--bg)"
          stroke={`var(--${look.shade})`}
          strokeWidth="1.5"
        />
      ) : null}
    </svg>
  );
}

interface ChartProps {
  title: string;
  measure: Measure;
  lines: readonly Line[];
  /** Seconds since the epoch, one a step. */
  times: number[];
  /** Edges of the picture, milliseconds since the epoch. */
  from: number;
  to: number;
  /** Times of events, milliseconds since the epoch. */
  events: readonly number[];
  /** The step under the cursor; null: none, the newest values are shown. */
  cursor: number | null;
  onCursor: (step: number | null) => void;
  /** Said instead of the lines when there is nothing at all to draw. */
  nothing: string;
  /** The theme's name: another one draws anew. */
  theme: string;
  wide?: boolean;
  children?: React.ReactNode;
}

/** One chart: its name and unit, what its lines are at the cursor or now, the lines with their names at their ends. */
export function Chart({ title, measure, lines, times, from, to, events, cursor, onCursor, nothing, theme, wide, children }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const drawn = useMemo(() => lines.filter(({ look }) => look !== null), [lines]);
  // What the drawing reads as it draws; React's values of the moment are put in before each redraw.
  const now = useRef({ lines: drawn, events, measure, onCursor });
  const [size, setSize] = useState({ width: 0, height: 0 });
  const scale = useTextScale();
  const shape = JSON.stringify(drawn.map(({ key, look }) => [key, look]));

  useLayoutEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      setSize({ width: Math.floor(width), height: Math.floor(height) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (size.width === 0) return;
    const looks = JSON.parse(shape) as [key: string, look: LineLook][];
    const axis: uPlot.Axis = {
      stroke: () => palette().muted,
      font: `${12 * scale}px ${palette().sans}`,
      ticks: { show: false },
      grid: { stroke: () => palette().line, width: 1 },
    };
    const u = new uPlot(
      {
        ...size,
        padding: [8 * scale, gutter.right * scale, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: 'traffic' },
          drag: { x: false, y: false },
          y: false,
          points: { size: 6, width: 1.5, stroke: () => palette().text, fill: () => palette().bg },
        },
        scales: {
          x: { time: true },
          y: { range: (_u, _min, max) => [0, (max ?? 0) > 0 ? max * 1.08 : 1] },
        },
        axes: [
          {
            ...axis,
            size: 24 * scale,
            gap: 4 * scale,
            // Minutes need less room than seconds do.
            space: (_u, _axis, min, max, width) => ((max - min) * 48 * scale > 30 * width ? 48 : 72) * scale,
            values: (_u, splits, _axis, _space, step) =>
              splits.map((s) => (step < 60 ? formatClock(s * 1_000) : formatClock(s * 1_000).slice(0, 5))),
          },
          {
            ...axis,
            size: gutter.left * scale,
            gap: 6 * scale,
            space: 32 * scale,
            values: (_u, splits, _axis, _space, step) => {
              const { divisor = 1 } = now.current.measure;
              return splits.map((value) => sayTick(value / divisor, step / divisor));
            },
          },
        ],
        series: [
          {},
          ...looks.map(([, look]): uPlot.Series => ({
            stroke: () => palette()[look.shade],
            width: look.width * scale,
            dash: look.dash.map((length) => length * scale),
            cap: 'butt',
            spanGaps: false,
            points: { show: false },
          })),
        ],
        hooks: {
          drawAxes: [(self) => drawEvents(self, now.current.events)],
          draw: [(self) => drawMarks(self, now.current.lines), (self) => drawNames(self, now.current.lines)],
          setCursor: [(self) => now.current.onCursor((self.cursor.left ?? -1) < 0 ? null : (self.cursor.idx ?? null))],
        },
      },
      [[], ...looks.map(() => [])],
      box.current!,
    );
    plot.current = u;
    return () => {
      plot.current = null;
      u.destroy();
    };
  }, [shape, size, scale]);

  useEffect(() => {
    now.current = { lines: drawn, events, measure, onCursor };
    const u = plot.current;
    if (!u) return;
    u.batch(() => {
      u.setData([times, ...drawn.map(({ values }) => values)], false);
      u.setScale('x', { min: from / 1_000, max: to / 1_000 });
    });
    // The scale may stand where it stood: the names, the events and the theme's greys are drawn anew all the same.
    u.redraw(false);
  }, [drawn, times, from, to, events, measure, onCursor, theme, shape, size, scale]);

  // The cursor of the keyboard; a pointer's is there already.
  useEffect(() => {
    const u = plot.current;
    if (!u) return;
    if (cursor === null) {
      if ((u.cursor.left ?? -1) >= 0) u.setCursor({ left: -10, top: -10 }, false);
    } else if (u.cursor.idx !== cursor && times[cursor] !== undefined) u.setCursor({ left: u.valToPos(times[cursor], 'x'), top: 8 }, false);
  }, [cursor, times]);

  const isEmpty = lines.every(({ values }) => values.every((value) => value === null));
  const valueOf = (line: Line) => (cursor === null ? newestValue(line.values) : (line.values[cursor] ?? null));
  return (
    <section className={`${styles['chart']} ${wide ? styles['wide'] : ''}`}>
      <header className={styles['chartHead']}>
        <h2>
          {title} <span>{measure.unit}</span>
        </h2>
        <ul className={styles['values']}>
          {lines.map((line) => (
            <li key={line.key}>
              {line.look ? <Sample look={line.look} /> : null}
              <span title={line.name}>{shortenMiddle(line.name, 18)}</span>
              <b>{measure.say(valueOf(line))}</b>
            </li>
          ))}
        </ul>
      </header>
      {children}
      <div
        ref={box}
        className={styles['plot']}
        role="img"
        aria-label={`${title}: ${lines.map((line) => `${line.name} ${measure.say(valueOf(line))} ${measure.unit}`).join(', ')}`}
      />
      {isEmpty ? <p className={styles['nothing']}>— {nothing}</p> : null}
    </section>
  );
}
