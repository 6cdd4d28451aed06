import { countUntil } from '../../../shared/state/replay.ts';
import { isLost, movedToWords } from '../../stores/run-events.ts';
import { stateLooks } from '../../ui/effective-state.ts';
import { formatClockTenths, formatCount, formatRate } from '../../ui/format.ts';
import { rateAt, type RunLanes, stepAt } from './lanes.ts';
import type { TimeView } from './time-view.ts';

/** What stands this near to the pointer is meant. Pixels. */
const nearPx = 10;

const plural = (n: number, one: string) => `${formatCount(n)} ${n === 1 ? one : `${one}s`}`;

/** The nodes that are not well at a moment, for who hears the slider: "api-2 down". */
export function momentWords(lanes: RunLanes, time: number): string {
  return lanes.pools
    .flatMap((pool) => pool.nodes)
    .flatMap((node) => {
      const step = stepAt(node.steps, time);
      return !step || step.state === 'healthy' ? [] : [`${node.label} ${stateLooks[step.state].word.toLowerCase()}`];
    })
    .slice(0, 5)
    .join(', ');
}

function nodeWords(lanes: RunLanes, key: string, time: number): string[] {
  const node = lanes.pools.flatMap((pool) => pool.nodes).find((one) => one.key === key);
  const step = node && stepAt(node.steps, time);
  if (!node || !step) return [];
  const next = node.steps[node.steps.indexOf(step) + 1];
  const since = step.time <= lanes.run.startedAt ? 'from before the run' : `since ${formatClockTenths(step.time)}`;
  return [
    `${node.label}: ${stateLooks[step.state].word}, ${since}${next ? ` until ${formatClockTenths(next.time)}` : ''}`,
    ...(step.reason && step.time > lanes.run.startedAt ? [step.reason] : []),
  ];
}

/**
 * What the pointer is at, in lines; the first is the time.
 * @param lane `pool/node`, or "changes", "moves", "errors", "traffic".
 */
export function laneWords(lanes: RunLanes, lane: string, time: number, view: TimeView, width: number): string[] {
  const { run } = lanes;
  const near = (nearPx * (view.to - view.from)) / Math.max(1, width);
  const clock = formatClockTenths(time);
  const gap = run.gaps.find((one) => time >= one.from && time < one.to);
  if (gap) return [clock, `Nobody recorded from ${formatClockTenths(gap.from)} to ${formatClockTenths(gap.to)}`];
  switch (lane) {
    case '':
      return [clock];
    case 'changes': {
      const found = lanes.changes.filter((one) => Math.abs(one.time - time) <= near);
      return [
        clock,
        ...(found.length > 0 ? found.slice(0, 5).map((one) => `${formatClockTenths(one.time)} ${one.words}`) : ['No change here']),
      ];
    }
    case 'moves': {
      const found = lanes.movements.filter((one) => time >= one.time - near && time <= one.end + near);
      if (found.length === 0) return [clock, 'Nobody moved here'];
      return [
        clock,
        ...found
          .slice(0, 4)
          .map(
            (one) =>
              `${plural(one.clients, 'client')} from ${lanes.name(one.pool, one.from)}: ${movedToWords(one.to, (to) => lanes.name(one.pool, to))}`,
          ),
      ];
    }
    case 'errors': {
      const from = countUntil(run.ticks.length, (i) => run.ticks[i]!.time, time - near - 50);
      let lost = 0;
      let retried = 0;
      for (let i = from; i < run.ticks.length && run.ticks[i]!.time - run.ticks[i]!.intervalMs <= time + near + 50; i++) {
        for (const listener of run.ticks[i]!.listeners) {
          lost += listener.errors;
          retried += listener.retried;
        }
      }
      if (lost + retried === 0) return [clock, 'Nothing was lost or retried here'];
      const records = run.requests.filter((record) => Math.abs(record.time - time) <= near + 600 && record.method !== '');
      return [
        clock,
        `${plural(lost, 'request')} lost, ${formatCount(retried)} retried`,
        ...records.slice(0, 3).map((record) => `${record.method} ${record.path} ${isLost(record) ? 'lost' : 'retried'}`),
      ];
    }
    case 'traffic': {
      const rate = rateAt(run, time);
      return [clock, rate === null ? 'Not counted here' : `${formatRate(rate)} req/s over all listeners`];
    }
    default:
      return [clock, ...nodeWords(lanes, lane, time)];
  }
}
