import { useEffect, useMemo, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { PoolState } from '../../../shared/model/state.ts';
import { useClient } from '../../bridge/context.tsx';
import { useEngine, useSettings, useView } from '../../stores/context.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatClock, formatCount } from '../../ui/format.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { PausedNote } from '../../ui/paused-note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StaleNote } from '../../ui/stale-note.tsx';
import { Unread } from '../../ui/unread.tsx';
import { Chart } from './chart.tsx';
import { EventLane } from './event-lane.tsx';
import { eventWords, isMarked, markersOf } from './traffic-events.ts';
import { createTrafficFeed, type TrafficPast } from './traffic-feed.ts';
import {
  byteLines,
  byteRate,
  coarser,
  connectionCount,
  connectionLines,
  errorLines,
  errorRate,
  latency,
  latencyLines,
  nodeLines,
  requestRate,
  sumOf,
  timesOf,
} from './traffic-lines.ts';
import styles from './traffic.module.css';
import { useEvents } from './use-events.ts';

/** `factor`: how many of the control plane's steps one point of a line is; more points and dashes could not be told apart. */
const ranges = [
  { value: '1min', label: '1 min', ms: 60_000, words: 'the last minute', factor: 1 },
  { value: '15min', label: '15 min', ms: 900_000, words: 'the last 15 minutes', factor: 5 },
  { value: '1h', label: '1 h', ms: 3_600_000, words: 'the last hour', factor: 2 },
  { value: '24h', label: '24 h', ms: 86_400_000, words: 'the last 24 hours', factor: 5 },
] as const;

const stepWords = (stepMs: number) => (stepMs < 60_000 ? `${stepMs / 1_000} s` : `${stepMs / 60_000} min`);

/** `#/traffic`, `#/traffic/1h`: what went through, over time. */
export function TrafficScreen({ parts }: { parts: string[] }) {
  const client = useClient();
  const range = ranges.find(({ value }) => value === parts[0]) ?? ranges[1];
  const [feed] = useState(() => createTrafficFeed(client, range.ms));
  const past = useSyncExternalStore(feed.onView, feed.view);
  const listeners = useEngine((s) => s.listeners.length);
  const known = useEngine((s) => s.epoch !== null);
  const pools = useEngine((s) => s.pools);
  const paused = useView((s) => s.paused);
  const events = useEvents();
  const isPaused = paused !== null;
  useEffect(() => feed.start(), [feed]);
  // What began an hour ago is not shown better by the steps of a day.
  const age = past.began === null ? range.ms : past.now - past.began;
  const asked = ranges.find(({ ms }) => ms >= Math.min(age, range.ms)) ?? range;
  useEffect(() => feed.setRange(asked.ms), [feed, asked.ms]);
  useEffect(() => feed.pause(isPaused), [feed, isPaused]);

  const isIdle = known && listeners === 0 && (past.history?.nodes.length ?? 0) === 0;
  return (
    <main className="screen">
      <PageHead
        title="Traffic"
        aside={
          <Segmented
            fit
            tall
            label="Range"
            value={range.value}
            choices={ranges}
            onChange={(value) => {
              location.hash = `#/traffic/${value}`;
            }}
          />
        }
      />
      {paused ? <PausedNote since={paused.since}>Traffic goes on and is counted; the charts stand still.</PausedNote> : null}
      {past.problem && past.history ? <StaleNote problem={past.problem} /> : null}
      {past.problem && !past.history ? (
        <Unread what="The traffic" problem={past.problem} onRetry={feed.reload} />
      ) : isIdle ? (
        <EmptyState
          title="No traffic yet"
          action={
            <ButtonLink look="primary" href="#/lab">
              Start the demo in the Lab
            </ButtonLink>
          }
        >
          Nothing listens, so nothing is counted. Charts begin with the first listener.
        </EmptyState>
      ) : (
        <Charts past={past} pools={pools} events={events} range={range} />
      )}
    </main>
  );
}

interface ChartsProps {
  past: TrafficPast;
  pools: readonly PoolState[];
  events: readonly JournalEntry[];
  range: (typeof ranges)[number];
}

/** The picture is never of less than this, milliseconds, nor of fewer points. */
const leastMs = 60_000;
const leastPoints = 12;
/** Where more than this share of the range was before counting began, the picture begins with it. */
const youngShare = 0.1;

/** Events this near to the cursor, in steps, are said beside its time. */
const nearSteps = 1.5;

function Charts({ past, pools, events, range }: ChartsProps) {
  const { now, rangeMs } = past;
  const theme = useSettings((s) => s.theme);
  const [cursor, setCursor] = useState<number | null>(null);
  // Until the answer for another range is there, the old one is shown as it was asked for.
  const factor = ranges.find(({ ms }) => ms === rangeMs)?.factor ?? 1;
  const history = useMemo(() => past.history && coarser(past.history, factor), [past.history, factor]);
  const { began } = past;
  const isYoung = began !== null && began - (now - range.ms) > youngShare * range.ms;
  const shortest = Math.max(leastMs, leastPoints * (history?.stepMs ?? 0));
  const from = isYoung ? Math.max(now - rangeMs, Math.min(began, now - shortest)) : now - rangeMs;
  const data = useMemo(() => {
    if (!history) return null;
    const bytes = byteLines(history);
    return {
      times: timesOf(history),
      nodes: nodeLines(history, pools),
      latency: latencyLines(history),
      errors: errorLines(history),
      connections: connectionLines(history),
      bytes,
      requests: sumOf(history.total.requests),
      failures: sumOf(history.total.errors),
      byteMeasure: byteRate(bytes.flatMap(({ values }) => values)),
    };
  }, [history, pools]);
  const shown = useMemo(() => events.filter((entry) => isMarked(entry) && entry.time >= from && entry.time <= now), [events, from, now]);
  // The plot's width hardly matters: marks may be a little closer or wider apart than asked for.
  const markers = useMemo(() => markersOf(shown, from, now, 900), [shown, from, now]);
  // A line for each mark: one for each event of a busy hour would be a grey block over the charts.
  const marks = useMemo(() => markers.map(({ entries }) => entries[0]!.time), [markers]);
  if (!history || !data) return <p className={styles['waiting']}>One moment.</p>;

  const { times } = data;
  const last = times.length - 1;
  // Where the picture begins: of a young history what lies before it is not in view.
  const first = Math.max(
    0,
    times.findIndex((seconds) => seconds * 1_000 >= from),
  );
  const time = cursor === null ? null : times[cursor];
  const near =
    time === null || time === undefined ? [] : shown.filter((entry) => Math.abs(entry.time - time * 1_000) <= nearSteps * history.stepMs);
  const said =
    time === null || time === undefined ? `Now, and ${isYoung ? `since ${formatClock(began)}` : range.words}` : formatClock(time * 1_000);
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -10,
      PageDown: 10,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (event.key === 'Escape') setCursor(null);
    if (step === undefined) return;
    event.preventDefault();
    setCursor((before) => Math.min(last, Math.max(first, (before ?? last + (step < 0 ? 1 : 0)) + step)));
  };
  const common = { times, from, to: now, events: marks, cursor, onCursor: setCursor, theme };
  return (
    <div className={styles['body']} onPointerLeave={() => setCursor(null)}>
      <div
        className={styles['cursor']}
        role="slider"
        tabIndex={0}
        aria-label="Time under the cursor"
        aria-valuemin={first}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={cursor ?? Math.max(0, last)}
        aria-valuetext={[said, ...near.map((entry) => eventWords(entry, pools))].join('. ')}
        onKeyDown={onKeyDown}
      >
        <b>{said}</b>
        <span>
          {near.length > 0
            ? near
                .slice(0, 2)
                .map((entry) => eventWords(entry, pools).replace(/^\S+ /, ''))
                .join(' · ')
            : `${isYoung ? 'Nothing was counted before. ' : ''}One point is ${stepWords(history.stepMs)}. Latency and connections are the highest in it.`}
        </span>
        <span className={styles['sums']}>
          <b>{formatCount(data.requests)}</b> {data.requests === 1 ? 'request' : 'requests'}, <b>{formatCount(data.failures)}</b>{' '}
          {data.failures === 1 ? 'error' : 'errors'} in all
        </span>
      </div>
      <Chart {...common} wide title="Requests per node" measure={requestRate} lines={data.nodes} nothing="no node was there in this range">
        <EventLane markers={markers} pools={pools} />
      </Chart>
      <Chart {...common} title="Latency" measure={latency} lines={data.latency} nothing="nothing was answered in this range" />
      <Chart {...common} title="Errors" measure={errorRate} lines={data.errors} nothing="nothing was counted in this range" />
      <Chart
        {...common}
        title="Connections"
        measure={connectionCount}
        lines={data.connections}
        nothing="nothing was counted in this range"
      />
      <Chart {...common} title="Bytes" measure={data.byteMeasure} lines={data.bytes} nothing="nothing was counted in this range" />
    </div>
  );
}
