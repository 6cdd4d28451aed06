import type { Run, RunSummary } from '../../../shared/model/run.ts';
import type { RunSource } from '../../stores/replay-store.ts';
import { formatClock, formatDay } from '../../ui/format.ts';
import type { Choice } from '../../ui/select.tsx';

const minute = 60_000;
const spans = [
  { ms: minute, label: 'The last minute' },
  { ms: 5 * minute, label: 'The last 5 minutes' },
  { ms: 15 * minute, label: 'The last 15 minutes' },
  { ms: 60 * minute, label: 'The last hour' },
];

/** The choice that asks for a time. */
export const pickValue = 'pick';

export function sourceValue(source: RunSource): string {
  switch (source.kind) {
    case 'last':
      return `last ${source.ms}`;
    case 'range':
      return 'range';
    default:
      return `${source.kind} ${source.id}`;
  }
}

export function sourceOf(value: string): RunSource | undefined {
  const [kind, ...rest] = value.split(' ');
  const id = rest.join(' ');
  if (kind === 'last') return { kind, ms: Number(id) };
  return kind === 'run' || kind === 'file' ? { kind, id } : undefined;
}

/** "14:02" on the same day, "Tuesday 14:02" on another. */
const whenWords = (time: number, now: number) => {
  const day = formatDay(time, now);
  const clock = formatClock(time).slice(0, 5);
  return day === 'today' ? clock : `${day} ${clock}`;
};

/** A run by its name and when it was. */
export const runLabel = (run: Pick<RunSummary, 'name' | 'startedAt'>, now = Date.now()): string =>
  `${run.name}, ${whenWords(run.startedAt, now)}`;

/** Every run that can be shown, kept ones and those from files. */
export function runChoices(runs: readonly RunSummary[], files: readonly Run[], except?: string): Choice[] {
  return [
    ...runs.map((run) => ({ value: `run ${run.id}`, label: runLabel(run) })),
    ...files.map((run) => ({ value: `file ${run.id}`, label: `${runLabel(run)} (file)` })),
  ].filter((choice) => choice.value !== except);
}

/** What the Timeline can show: the last minutes, a stretch at some time, runs. */
export function sourceChoices(source: RunSource, run: Run | null, runs: readonly RunSummary[], files: readonly Run[]): Choice[] {
  return [
    ...spans.map(({ ms, label }) => ({ value: `last ${ms}`, label })),
    ...(source.kind === 'range' && run ? [{ value: 'range', label: stretchWords(run.startedAt, run.endedAt) }] : []),
    { value: pickValue, label: 'Pick a time …' },
    ...runChoices(runs, files),
  ];
}

/** "today, 14:02:57 to 14:03:27". */
export function stretchWords(from: number, to: number): string {
  const [first, last] = [formatDay(from), formatDay(to)];
  return first === last
    ? `${first}, ${formatClock(from)} to ${formatClock(to)}`
    : `${first} ${formatClock(from)} to ${last} ${formatClock(to)}`;
}
