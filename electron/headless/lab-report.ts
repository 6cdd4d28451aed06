import type { LabState } from '../../shared/contract/contract.ts';
import { durationWords } from '../../shared/model/fault-words.ts';
import type { JournalEntry } from '../../shared/model/journal.ts';
import type { Incident, Run } from '../../shared/model/run.ts';
import type { Scenario } from '../../shared/model/scenario.ts';

const count = (value: number): string => value.toLocaleString('en-US');
const ms = (value: number | null): string => (value === null ? '—' : durationWords(value));
const counted = (value: number, one: string, many: string): string => `${count(value)} ${value === 1 ? one : many}`;

/** "+ 4.0 s": so long after the run's start. */
function moment(at: number): string {
  return `+${(at / 1000).toFixed(1).padStart(6)} s`;
}

/** One journal entry while a scenario runs, or undefined when it is not worth a line. */
export function progressLine(entry: JournalEntry, startedAt: number, labels: ReadonlyMap<string, string>): string | undefined {
  if (entry.pool !== 'demo') return undefined;
  const label = labels.get(entry.node ?? '') ?? entry.node ?? '';
  const at = moment(entry.time - startedAt);
  switch (entry.kind) {
    case 'lab.fault':
    case 'lab.healed':
      return `${at}  ${entry.reason ?? ''}`;
    case 'node.down':
    case 'node.up':
      return `${at}  ${label} is ${entry.kind === 'node.up' ? 'up' : 'down'}: ${entry.reason ?? ''}`;
    case 'node.mode':
      return `${at}  ${label} is set to ${entry.to ?? ''}`;
    default:
      return undefined;
  }
}

/** What a scenario's phase means, said once when it begins. */
export function phaseLine({ run, clients }: LabState): string | undefined {
  if (run?.phase === 'starting') return `${run.name}: the demo starts.`;
  if (run?.phase === 'warm-up') {
    return `${counted(clients.count, 'client', 'clients')} warm up for ${durationWords(run.warmUpMs)}, at ${count(clients.requestsPerSecond)} requests/s.`;
  }
  return run?.phase === 'running' ? `The clock runs, for ${durationWords(run.durationMs)}.` : undefined;
}

function incidentLines(incident: Incident, labelOf: (node: string) => string): string[] {
  const since = incident.detectFrom === 'fault' ? 'the fault' : 'the first failure';
  const down = incident.detectMs === null ? 'was seen down' : `was down ${ms(incident.detectMs)} after ${since}`;
  const lines = [`${incident.label} ${down}: ${incident.reason}`];
  const to = incident.movedTo.map(({ node, clients }) => `${clients} to ${labelOf(node)}`).join(', ');
  lines.push(
    `  recovered  ${incident.recoverMs === null ? '—' : `after ${ms(incident.recoverMs)}`}`,
    `  clients    ${count(incident.moved)} moved${to === '' ? '' : `: ${to}`}`,
    `  requests   ${count(incident.retried)} retried, ${count(incident.lost)} lost`,
    `  p99        ${ms(incident.p99.before)} before, ${ms(incident.p99.during)} during, ${ms(incident.p99.after)} after`,
  );
  const from = incident.backFrom === 'heal' ? 'its fault ended' : 'it went down';
  lines.push(`  back       ${incident.backMs === null ? 'not within the run' : `${ms(incident.backMs)} after ${from}`}`);
  return lines;
}

/** The scorecard and what came of each expectation, for a person; lines without line ends. */
export function reportLines(run: Run): string[] {
  const { score, observed, outcomes } = run;
  const labels = new Map(run.start.pools.flatMap((pool) => pool.nodes.map((node) => [node.id, node.label] as const)));
  const labelOf = (node: string): string => labels.get(node) ?? node;
  const lines = [
    `${run.name}: ${durationWords(run.endedAt - run.startedAt)} recorded, run ${run.id}`,
    `  requests   ${count(score.requests)}, ${count(score.retried)} retried, ${count(score.lost)} lost`,
    `  clients    ${count(score.moved)} moved`,
    `  p99        ${ms(score.p99)}`,
    observed
      ? `  as the clients counted  ${count(observed.sent)} sent, ${count(observed.answered)} answered, ${count(observed.failed)} failed`
      : '  as the clients counted  —',
  ];
  for (const incident of score.incidents) lines.push('', ...incidentLines(incident, labelOf));
  if (outcomes.length > 0) lines.push('', ...outcomes.map(({ held, words }) => `${held ? 'held  ' : 'broken'}  ${words}`));
  return [...lines, '', verdict(run)];
}

function verdict({ outcomes, stopped, endedAt, startedAt }: Run): string {
  if (stopped !== undefined) return `Stopped after ${durationWords(endedAt - startedAt)}: ${stopped}. Expectations were not judged.`;
  const broken = outcomes.filter((outcome) => !outcome.held).length;
  if (outcomes.length === 0) return 'The scenario expects nothing.';
  return broken === 0
    ? `All ${outcomes.length} expectations held.`
    : `${broken} of ${counted(outcomes.length, 'expectation', 'expectations')} ${broken === 1 ? 'was' : 'were'} broken.`;
}

/** One scenario in a list: id, length, name. */
export function listLine({ id, name, warmUpMs, durationMs }: Scenario, width: number): string {
  return `${id.padEnd(width)}  ${durationWords(warmUpMs + durationMs).padStart(5)}  ${name}`;
}
