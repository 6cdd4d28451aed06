import type { Handlers } from '../../shared/contract/contract.ts';
import { ContractError } from '../../shared/contract/envelope.ts';
import type { JournalEntry } from '../../shared/model/journal.ts';
import type { TrafficTick } from '../../shared/model/metrics.ts';
import type { Run, RunSummary } from '../../shared/model/run.ts';
import type { EngineSnapshot } from '../../shared/model/state.ts';
import { createReplay } from '../../shared/state/replay.ts';
import { scoreRun } from '../../shared/state/scorecard.ts';
import { coarsenTicks } from '../../shared/state/tick-sums.ts';

type HistoryChannels = 'history.span' | 'history.range' | 'runs.list' | 'runs.get' | 'runs.save' | 'runs.rename' | 'runs.remove';

export interface FakeHistory {
  handlers: Pick<Handlers, HistoryChannels>;
  tick(tick: TrafficTick): void;
  /** Puts a run among those kept, as if it had been recorded. */
  addRun(run: Run): void;
}

interface FakeHistoryOptions {
  now: () => number;
  /** What the fake's journal holds, oldest first. */
  entries: readonly JournalEntry[];
  /** The state and the clients now; taken when the history begins. */
  snapshot: () => EngineSnapshot;
  clients: () => Run['clients'];
  changed: (runs: RunSummary[]) => void;
}

/** The past of the fake: every tick and entry since it began, cut and scored as the real one does it. */
export function createFakeHistory({ now, entries, snapshot, clients, changed }: FakeHistoryOptions): FakeHistory {
  const ticks: TrafficTick[] = [];
  let begin: { at: number; state: EngineSnapshot; clients: Run['clients'] } | undefined;
  const kept = new Map<string, Run>();

  const summary = ({ id, name, source, startedAt, endedAt, scenario, outcomes }: Run): RunSummary => ({
    ...{ id, name, source, startedAt, endedAt, scenario: scenario?.id ?? null },
    held: outcomes.length === 0 ? null : outcomes.every((outcome) => outcome.held),
  });
  const list = () => [...kept.values()].sort((a, b) => b.startedAt - a.startedAt).map(summary);
  const tell = () => {
    changed(list());
  };
  const get = (id: string): Run => {
    const run = kept.get(id);
    if (!run) throw new ContractError('RUN_NOT_FOUND', `There is no run "${id}".`);
    return run;
  };
  const whole = (): Run => {
    const first = begin ?? { at: now(), state: snapshot(), clients: clients() };
    const parts = { startedAt: first.at, endedAt: now(), start: first.state, entries: [...entries], ticks, requests: [] };
    return {
      ...{ format: 'evenkeel-run', version: 1, app: '0.1.0', id: 'fake', name: 'History', source: 'history', scenario: null },
      ...{ ...parts, clients: first.clients, score: scoreRun(parts), outcomes: [], observed: null, gaps: [] },
    };
  };
  const range = (from: number, to: number): Run => {
    const all = whole();
    const frame = createReplay(all).at(from);
    const within = <T extends { time: number }>(items: readonly T[]) => items.filter((item) => item.time > from && item.time <= to);
    const parts = { startedAt: from, endedAt: Math.min(to, now()), start: frame.snapshot, requests: [] };
    const cut = { ...parts, entries: within(all.entries), ticks: within(ticks) };
    return {
      ...{ ...all, ...cut, id: `history-${from}-${to}` },
      clients: frame.clients.map(({ pool, key, node }) => ({ pool, key, node })),
      ticks: coarsenTicks(cut.ticks, 3_600),
      score: scoreRun(cut),
    };
  };

  return {
    handlers: {
      'history.span': () => ({
        oldest: begin?.at ?? null,
        newest: ticks.at(-1)?.time ?? null,
        bytes: ticks.length * 900,
        onDisk: false,
      }),
      'history.range': ({ from, to }) => range(from, to),
      'runs.list': () => ({ runs: list() }),
      'runs.get': ({ id }) => get(id),
      'runs.save': ({ from, to, name }) => {
        const run = { ...range(from, to), id: `run-${kept.size + 1}`, name };
        kept.set(run.id, run);
        tell();
        return summary(run);
      },
      'runs.rename': ({ id, name }) => {
        const run = { ...get(id), name };
        kept.set(id, run);
        tell();
        return summary(run);
      },
      'runs.remove': ({ id }) => {
        kept.delete(get(id).id);
        tell();
        return {};
      },
    },
    tick(tick) {
      begin ??= { at: tick.time - tick.intervalMs, state: snapshot(), clients: clients() };
      ticks.push(tick);
      // An hour of tenths is more than any test looks at.
      if (ticks.length > 36_000) ticks.shift();
    },
    addRun(run) {
      kept.set(run.id, run);
      tell();
    },
  };
}
