import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Run } from '../../../shared/model/run.ts';
import { IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { formatClock, formatClockTenths, formatCount } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { inRem, useTextScale } from '../../ui/text-scale.ts';
import { laneWords, momentWords } from './lane-words.ts';
import {
  changeMarks,
  errorMarks,
  lanesOf,
  linePath,
  type Mark,
  moveBars,
  piecesOf,
  recordedSpan,
  type RunLanes,
  trafficLine,
} from './lanes.ts';
import { LaneDrawing, laneHeight, LanePatterns, NodeLaneBars } from './node-lane.tsx';
import { axisMarks, axisStep, clampView, panBy, placeOf, reveal, timeAt, type TimeView, zoomAt } from './time-view.ts';
import css from './lanes-view.module.css';

interface LanesViewProps {
  run: Run;
  /** Of the traffic's line, in pixels at the usual text size. */
  plotHeight: number;
  /** The moment shown; null while the right edge is now. */
  time: number | null;
  onSeek: (time: number) => void;
  /** To the event before or after. */
  onStep: (direction: -1 | 1) => void;
}

/** As many rows of nodes are in view in any window; with more they may have to be scrolled. */
const roomForRows = 8;
/** One press of an arrow key: a hundredth of what is in view, but whole tenths of a second. */
const keyStep = (view: TimeView) => Math.max(100, Math.round((view.to - view.from) / 100 / 100) * 100);

function Words({ mark, offset = 7 }: { mark: Mark; offset?: number }) {
  if (mark.side === null) return null;
  const left = mark.side === 'left';
  return (
    <text x={mark.x + (left ? -offset : offset)} y={laneHeight / 2 + 4} textAnchor={left ? 'end' : 'start'} className={css['words']}>
      {mark.words}
    </text>
  );
}

function NodeLanes({ lanes, view, width }: { lanes: RunLanes; view: TimeView; width: number }) {
  const several = lanes.pools.length > 1;
  return lanes.pools.map((pool) => (
    <div key={pool.id} role="group" aria-label={`Nodes of ${pool.name}`}>
      {several ? <div className={css['pool']}>{pool.name}</div> : null}
      {pool.nodes.map((node) => (
        <div key={node.key} className={css['lane']} data-lane={node.key}>
          <span className={css['name']}>
            <b>
              <MiddleTruncate text={node.label} keep={6} />
            </b>{' '}
            <span className="muted">state</span>
          </span>
          <NodeLaneBars pieces={piecesOf(node.steps, view, width, lanes.run.endedAt)} width={width} />
        </div>
      ))}
    </div>
  ));
}

/** A run over time: what each node was, what was changed, who moved, what failed, how much there was. */
export function LanesView({ run, plotHeight, time, onSeek, onStep }: LanesViewProps) {
  const lanes = useMemo(() => lanesOf(run), [run]);
  const bounds = useMemo(() => recordedSpan(run), [run]);
  // null: all of it, also as it grows.
  const [chosen, setChosen] = useState<TimeView | null>(null);
  // Lengths are in pixels at the usual text size; what the browser says is divided by the scale.
  const scale = useTextScale();
  const [width, setWidth] = useState(0);
  const [hover, setHover] = useState<{ x: number; y: number; lane: string } | null>(null);
  const plot = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const seeker = useRef<HTMLDivElement>(null);
  const drag = useRef<{ kind: 'seek' | 'pan'; x: number; view: TimeView } | null>(null);
  const view = chosen ? clampView(chosen, bounds) : bounds;

  useLayoutEffect(() => {
    const measure = () => setWidth(track.current!.clientWidth / scale);
    const observer = new ResizeObserver(measure);
    observer.observe(track.current!);
    measure();
    return () => observer.disconnect();
  }, [scale]);

  const xOf = (event: { clientX: number }) => (event.clientX - track.current!.getBoundingClientRect().left) / scale;
  const zoom = (factor: number, at: number) => setChosen(zoomAt(view, at, factor, bounds));
  const wheel = useRef<(event: WheelEvent) => void>(undefined);
  useEffect(() => {
    wheel.current = (event) => {
      const x = xOf(event);
      if (x < 0 || x > width) return;
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
        setChosen(panBy(view, (event.deltaX / scale / width) * (view.to - view.from), bounds));
      else zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(x, view, width));
    };
  });
  useEffect(() => {
    // React listens passively for wheels, and the page must not scroll away under a zoom.
    const element = plot.current!;
    const onWheel = (event: WheelEvent) => wheel.current?.(event);
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);

  const seek = (to: number) => {
    onSeek(to);
    setChosen((before) => before && reveal(clampView(before, bounds), to, bounds));
  };

  const onPointerDown = (kind: 'seek' | 'pan', event: PointerEvent) => {
    if (event.button !== 0) return;
    const x = xOf(event);
    if (x < -8 || x > width + 8) return;
    plot.current!.setPointerCapture(event.pointerId);
    drag.current = { kind, x, view };
    if (kind === 'pan') return;
    seeker.current!.focus({ preventScroll: true });
    seek(timeAt(Math.max(0, Math.min(width, x)), view, width));
  };
  const onPointerMove = (event: PointerEvent) => {
    const x = xOf(event);
    const now = drag.current;
    if (now?.kind === 'seek') onSeek(timeAt(Math.max(0, Math.min(width, x)), view, width));
    else if (now?.kind === 'pan') setChosen(panBy(now.view, ((now.x - x) / width) * (now.view.to - now.view.from), bounds));
    const lane = (event.target as Element).closest('[data-lane]')?.getAttribute('data-lane') ?? '';
    const y = (event.clientY - plot.current!.getBoundingClientRect().top) / scale;
    setHover(now || x < 0 || x > width ? null : { x, y, lane });
  };
  const onPointerUp = () => {
    drag.current = null;
  };

  const cursor = time ?? run.endedAt;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 100 : keyStep(view);
    const moves: Record<string, () => void> = {
      ArrowLeft: () => seek(Math.max(run.startedAt, cursor - step)),
      ArrowDown: () => seek(Math.max(run.startedAt, cursor - step)),
      ArrowRight: () => seek(Math.min(run.endedAt, cursor + step)),
      ArrowUp: () => seek(Math.min(run.endedAt, cursor + step)),
      Home: () => seek(bounds.from),
      End: () => seek(run.endedAt),
      PageUp: () => onStep(-1),
      PageDown: () => onStep(1),
      '+': () => zoom(0.5, cursor),
      '=': () => zoom(0.5, cursor),
      '-': () => zoom(2, cursor),
      '0': () => setChosen(null),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };

  // What moved the moment from elsewhere (playing, a list) must not leave it out of view.
  useEffect(() => {
    if (time !== null && drag.current === null) setChosen((before) => before && reveal(clampView(before, bounds), time, bounds));
  }, [time, bounds]);

  const step = axisStep(view, width);
  const marks = useMemo(() => axisMarks({ from: view.from, to: view.to }, step), [view.from, view.to, step]);
  const drawn = useMemo(() => {
    const at = { from: view.from, to: view.to };
    return {
      changes: changeMarks(lanes, at, width),
      moves: moveBars(lanes, at, width),
      errors: errorMarks(run, at, width),
      line: trafficLine(run, at, width),
    };
  }, [lanes, run, view.from, view.to, width]);
  const { changes, moves, errors, line } = drawn;
  const axisWords = (at: number) => (step < 1_000 ? formatClockTenths(at) : step < 60_000 ? formatClock(at) : formatClock(at).slice(0, 5));
  const cursorX = placeOf(cursor, view, width);
  const inView = cursorX >= 0 && cursorX <= width;
  const words = momentWords(lanes, cursor);
  const rows = lanes.pools.reduce((sum, { nodes }) => sum + nodes.length, lanes.pools.length > 1 ? lanes.pools.length : 0);

  return (
    <Card as="section" className={css['card']} aria-label="Lanes">
      <LanePatterns />
      <div
        ref={plot}
        className={css['plot']}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        onPointerLeave={() => setHover(null)}
      >
        <div className={css['axis']} onPointerDown={(event) => onPointerDown('pan', event)} title="Drag to move, turn the wheel to zoom">
          <span className={css['zoom']}>
            <IconButton label="Zoom in (+)" icon={<ZoomIn size={14} aria-hidden />} onClick={() => zoom(0.5, cursor)} />
            <IconButton
              label="Zoom out (-)"
              icon={<ZoomOut size={14} aria-hidden />}
              disabled={chosen === null}
              onClick={() => zoom(2, cursor)}
            />
            <IconButton
              label="All of it (0)"
              icon={<Maximize2 size={14} aria-hidden />}
              disabled={chosen === null}
              onClick={() => setChosen(null)}
            />
          </span>
          <div ref={track} className={`num ${css['marks']}`}>
            {marks.map((mark) => {
              const x = placeOf(mark, view, width);
              return x < 26 || x > width - 26 ? null : (
                <span key={mark} style={{ left: inRem(x) }}>
                  {axisWords(mark)}
                </span>
              );
            })}
          </div>
        </div>
        <div
          className={css['lanes']}
          onPointerDown={(event) => onPointerDown('seek', event)}
          // The focus is the slider's, whatever of the lanes was pressed.
          onMouseDown={(event) => {
            if (drag.current) event.preventDefault();
          }}
        >
          {/* Beside the lanes, not around them: what is in a slider is not told, and many nodes are a list of their own to scroll. */}
          <div
            ref={seeker}
            className={css['seeker']}
            role="slider"
            tabIndex={0}
            aria-label="Moment shown"
            aria-valuemin={run.startedAt}
            aria-valuemax={run.endedAt}
            aria-valuenow={Math.round(cursor)}
            aria-valuetext={`${formatClockTenths(cursor)}${words ? `, ${words}` : ''}`}
            onKeyDown={onKeyDown}
          />
          <svg className={css['grid']} style={{ width: inRem(width) }} aria-hidden="true">
            {marks.map((mark) => {
              const x = `${placeOf(mark, view, 100)}%`;
              return <line key={mark} x1={x} x2={x} y2="100%" stroke="var(--line)" />;
            })}
          </svg>
          <div className={css['nodes']} {...(rows > roomForRows ? { tabIndex: 0, role: 'group', 'aria-label': 'Nodes' } : {})}>
            <NodeLanes lanes={lanes} view={view} width={width} />
          </div>
          <div className={css['lane']} data-lane="changes">
            <span className={css['name']}>
              <b>Changes</b>
            </span>
            <LaneDrawing width={width}>
              {changes.map((mark) => (
                <g key={mark.time}>
                  <path d={`M${mark.x} 5v18`} stroke="var(--text)" strokeWidth="1.5" />
                  <Words mark={mark} />
                </g>
              ))}
            </LaneDrawing>
          </div>
          <div className={css['lane']} data-lane="moves">
            <span className={css['name']}>
              <b>Moves</b> <span className="muted">clients</span>
            </span>
            <LaneDrawing width={width}>
              {moves.map((bar) => (
                <g key={bar.time}>
                  <rect x={bar.x} y={24 - (4 + 16 * bar.share)} width="9" height={4 + 16 * bar.share} fill="var(--flow)" />
                  <Words mark={bar} offset={15} />
                </g>
              ))}
            </LaneDrawing>
          </div>
          <div className={css['lane']} data-lane="errors">
            <span className={css['name']}>
              <b>Errors</b>
            </span>
            <LaneDrawing width={width}>
              {errors.map((mark) => (
                <g key={mark.time}>
                  <rect
                    x="-4.5"
                    y="-4.5"
                    width="9"
                    height="9"
                    fill={mark.lost > 0 ? 'var(--st-down)' : 'var(--surface)'}
                    stroke="var(--st-down)"
                    strokeWidth="1.5"
                    transform={`translate(${mark.x} ${laneHeight / 2}) rotate(45)`}
                  />
                  <Words mark={mark} offset={11} />
                </g>
              ))}
            </LaneDrawing>
          </div>
          <div className={css['lane']} style={{ height: inRem(plotHeight + 8) }} data-lane="traffic">
            <span className={`${css['name']} num`}>
              <b>Traffic</b> <span className="muted">0 to {formatCount(line.top)} req/s</span>
            </span>
            <LaneDrawing width={width} height={plotHeight}>
              <path d={linePath(line, plotHeight - 3)} fill="none" stroke="var(--text)" strokeWidth="1.25" />
              <path d={`M0 ${plotHeight - 1}H${width}`} stroke="var(--line)" />
            </LaneDrawing>
          </div>
          {/* Over the lanes: nothing is known of this time, whatever was so before and after it. */}
          <svg className={css['grid']} style={{ width: inRem(width) }} aria-hidden="true">
            {run.gaps.map((gap) => {
              const from = Math.max(0, placeOf(gap.from, view, 100));
              const to = Math.min(100, placeOf(gap.to, view, 100));
              return to <= from ? null : (
                <g key={gap.from}>
                  <rect x={`${from}%`} width={`${to - from}%`} height="100%" fill="var(--surface)" />
                  <rect x={`${from}%`} width={`${to - from}%`} height="100%" fill="url(#lane-gap)" />
                </g>
              );
            })}
          </svg>
          {inView && width > 0 ? (
            <div className={css['cursor']} style={{ left: inRem(cursorX) }} data-cursor>
              <i />
              <span
                className="num"
                style={{ transform: `translateX(${Math.max(-100, Math.min(0, (-cursorX / Math.max(1, width)) * 100))}%)` }}
              >
                {time === null ? 'now' : formatClockTenths(cursor)}
              </span>
            </div>
          ) : null}
        </div>
        {hover ? (
          <Hover x={hover.x} y={hover.y} width={width} words={laneWords(lanes, hover.lane, timeAt(hover.x, view, width), view, width)} />
        ) : null}
      </div>
    </Card>
  );
}

function Hover({ x, y, width, words }: { x: number; y: number; width: number; words: string[] }) {
  return (
    <>
      <i className={css['hoverLine']} style={{ left: inRem(x) }} aria-hidden="true" />
      <div
        className={`num tip ${css['hover']}`}
        style={{ left: inRem(Math.min(x, Math.max(0, width - 250))), top: inRem(y + 18) }}
        role="tooltip"
        data-hover
      >
        {words.map((line, i) => (i === 0 ? <b key={i}>{line}</b> : <span key={i}>{line}</span>))}
      </div>
    </>
  );
}
