import type { Incident, Run } from '../../../shared/model/run.ts';
import { formatClockTenths, formatCount, formatMs, missing } from '../../ui/format.ts';

/** One number of the scorecard. */
export interface Measure {
  id: 'detected' | 'recovered' | 'moved' | 'retried' | 'lost' | 'p99' | 'back' | 'requests';
  name: string;
  value: string;
  unit: string;
  /** What stands under it: from where to where, or why it is not known. */
  below: string;
  definition: string;
}

/** A length of time for a scorecard: "0.3", "1.6", "16", in seconds; "—" when it is not known. */
export function scoreSeconds(ms: number | null): string {
  if (ms === null) return missing;
  if (ms < 10) return '0.01';
  if (ms < 100) return (ms / 1_000).toFixed(2);
  return ms < 99_950 ? (ms / 1_000).toFixed(1) : formatCount(Math.round(ms / 1_000));
}

/** "before 12, after 13 ms". */
function aroundWords({ before, after }: Incident['p99']): string {
  const one = (ms: number | null) => (ms === null ? missing : `${formatMs(ms)} ms`);
  return before === null || after === null
    ? `before ${one(before)}, after ${one(after)}`
    : `before ${formatMs(before)}, after ${formatMs(after)} ms`;
}

const plural = (n: number, one: string) => (n === 1 ? one : `${one}s`);
const fromWords = (from: Incident['detectFrom']) =>
  from === 'fault' ? 'from the fault' : from === 'first-failure' ? 'from the first failure' : 'from going down';

/** Where detection is counted from, in words. */
function signWords(incident: Incident): string {
  if (incident.detectFrom === 'fault') return `the fault at ${formatClockTenths(incident.faultAt!)}`;
  if (incident.detectFrom === 'first-failure')
    return `the first failed ${incident.firstFailureBy ?? 'check'} at ${formatClockTenths(incident.firstFailureAt!)}`;
  return `going down at ${formatClockTenths(incident.downAt)}, as no earlier sign was recorded,`;
}

/** How long the failure was looked back at: from the first sign until the node was back. */
const spanWords = (incident: Incident) =>
  `${fromWords(incident.detectFrom)} until ${incident.upAt === null ? 'the end of the run' : 'it was back'}`;

/** What stands under a time to recover that is not known: never that nobody noticed, where something is counted beside it. */
function unknownRecovery({ moved, retried, lost, upAt }: Incident): string {
  if (moved > 0) return 'clients moved long after';
  if (retried > 0) return upAt === null ? 'not yet at the end' : 'until it was back';
  return lost > 0 ? 'no request failed on it' : 'nobody noticed';
}

/** What a failure came to, with what exactly each number counts. `name` gives a node's label. */
export function incidentMeasures(incident: Incident, name: (node: string) => string): Measure[] {
  const {
    label,
    reason,
    downAt,
    detectMs,
    detectFrom,
    recoverMs,
    recoveredAt,
    moved,
    movedTo,
    retried,
    lost,
    p99,
    backMs,
    backFrom,
    upAt,
  } = incident;
  const to = movedTo.slice(0, 3).map(({ node, clients }) => `${name(node)} ${formatCount(clients)}`);
  return [
    {
      ...{ id: 'detected', name: 'Detected in', value: scoreSeconds(detectMs), unit: detectMs === null ? '' : 's' },
      below: detectMs === null ? 'its first failure was not seen' : `${fromWords(detectFrom)}`,
      definition: `From ${signWords(incident)} until ${label} was called down at ${formatClockTenths(downAt)}${reason ? `: ${reason.replace(/\.$/, '')}` : ''}.`,
    },
    {
      ...{ id: 'recovered', name: 'Recovered in', value: scoreSeconds(recoverMs), unit: recoverMs === null ? '' : 's' },
      below: recoverMs === null ? unknownRecovery(incident) : `${fromWords(detectFrom)}`,
      definition: `From ${signWords(incident)} until the last of its clients had another node and the last request had failed on it, and none was lost any more because the whole pool was down${recoveredAt === null ? '' : `, at ${formatClockTenths(recoveredAt)}`}.`,
    },
    {
      ...{ id: 'moved', name: 'Clients moved', value: formatCount(moved), unit: '' },
      below: moved === 0 ? 'none seen elsewhere' : `${label} → ${to.join(', ')}${movedTo.length > 3 ? ' …' : ''}`,
      definition: `Different clients that were on ${label} and got another node, ${spanWords(incident)}. Each counts once.`,
    },
    {
      ...{ id: 'retried', name: 'Retried', value: formatCount(retried), unit: plural(retried, 'request') },
      below: retried === 0 ? 'none failed on it' : 'on another node',
      definition: `Requests that failed on ${label} and were tried on another node, ${spanWords(incident)}.`,
    },
    {
      ...{ id: 'lost', name: 'Lost', value: formatCount(lost), unit: plural(lost, 'request') },
      below: lost === 0 ? 'no error seen' : recoverMs === null && retried === 0 ? 'seen by clients, not on it' : 'seen by clients',
      definition: `What clients of this pool’s listeners lost, ${spanWords(incident)}: answers 5xx other than 501 and 505, answers cut short, sessions no node took. From whichever node.`,
    },
    {
      ...{ id: 'p99', name: 'p99 during it', value: formatMs(p99.during), unit: p99.during === null ? '' : 'ms' },
      below: aroundWords(p99),
      definition: `99 of 100 answers of this pool’s listeners took no longer: before the first sign, from it until it was recovered, and after that. “${missing}”: nothing was answered.`,
    },
    {
      ...{ id: 'back', name: 'Back in', value: scoreSeconds(backMs), unit: backMs === null ? '' : 's' },
      below: upAt === null ? 'still down' : backFrom === 'heal' ? 'from the repair' : 'from going down',
      definition:
        upAt === null
          ? `${label} was still down when the run ended.`
          : `From ${backFrom === 'heal' ? `the end of the fault${incident.healedAt === null ? '' : ` at ${formatClockTenths(incident.healedAt)}`}` : `when ${label} was called down`} until its checks called it up at ${formatClockTenths(upAt)}.`,
    },
  ];
}

/** A run in which no node failed. */
export function runMeasures({ score }: Run): Measure[] {
  return [
    {
      ...{ id: 'requests', name: 'Requests', value: formatCount(score.requests), unit: '' },
      ...{ below: 'no node failed', definition: 'Requests (tcp: sessions) of all listeners in this stretch of time.' },
    },
    {
      ...{ id: 'moved', name: 'Clients moved', value: formatCount(score.moved), unit: '', below: 'to another node' },
      definition: 'Different clients whose node changed, for whatever reason.',
    },
    {
      ...{
        id: 'retried',
        name: 'Retried',
        value: formatCount(score.retried),
        unit: plural(score.retried, 'request'),
        below: 'on another node',
      },
      definition: 'Requests that failed on a node and were tried on another one. Each counts once.',
    },
    {
      ...{ id: 'lost', name: 'Lost', value: formatCount(score.lost), unit: plural(score.lost, 'request') },
      below: score.lost === 0 ? 'clients saw no error' : 'clients saw an error',
      definition: 'Answers 5xx other than 501 and 505, answers cut short, and sessions no node took.',
    },
    {
      ...{ id: 'p99', name: 'p99', value: formatMs(score.p99), unit: score.p99 === null ? '' : 'ms' },
      below: score.p99 !== null ? '99 of 100 answers' : score.requests === 0 ? 'nothing was answered' : 'not recorded',
      definition: '99 of 100 answers of all listeners took no longer.',
    },
  ];
}

/** The failure as one of several: "api-2 at 14:03:07.1". */
export const incidentName = (incident: Incident): string => `${incident.label} down at ${formatClockTenths(incident.downAt)}`;
