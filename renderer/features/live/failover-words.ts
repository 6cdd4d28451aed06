import { type Failover, noticedIn } from '../../stores/failover-store.ts';
import { formatClock, formatCount, formatDuration } from '../../ui/format.ts';

/** One number of the strip, with what exactly it counts. */
export interface Score {
  name: string;
  /** Whose number it is, said before the name: once, where the strip says who failed. */
  who?: string;
  value: string;
  unit: string;
  below: string;
  /** How it was come by. */
  definition: string;
}

const plural = (n: number, one: string) => (n === 1 ? one : `${one}s`);

/** What is known of a failover, in numbers; what is not known is left out. */
export function failoverScores(failover: Failover, now: number): Score[] {
  const { label, faultAt = null, firstAt, firstBy, downAt, upAt, moved, movedTo, failed, retried, lost } = failover;
  const sign = faultAt === null ? 'the first failure' : 'the fault';
  const span = upAt === null ? `since ${sign}` : `from ${sign} until it was back`;
  const scores: Score[] = [];
  const noticed = noticedIn(failover);
  if (faultAt !== null && noticed !== null) {
    scores.push({
      name: 'Detected in',
      value: noticed,
      unit: 's',
      below: 'from the fault',
      definition: `From the fault at ${formatClock(faultAt)} until ${label} was called down at ${formatClock(downAt)}.`,
    });
  } else if (firstAt !== null && noticed !== null) {
    scores.push({
      name: 'Detected in',
      value: noticed,
      unit: 's',
      below: firstBy === 'check' ? 'from 1st failed check' : 'from 1st failed request',
      definition: `From ${firstBy === 'check' ? 'the start of the first failed check' : 'the first failed request'} at ${formatClock(firstAt)} until ${label} was called down at ${formatClock(downAt)}.`,
    });
  }
  scores.push({
    name: upAt === null ? 'down for' : 'was down',
    who: label,
    ...downFor((upAt ?? now) - downAt),
    below: upAt === null ? `since ${formatClock(downAt)}` : `back at ${formatClock(upAt)}`,
    definition: `From ${formatClock(downAt)}, when ${label} was called down, ${upAt === null ? 'until now' : `until its checks called it up at ${formatClock(upAt)}`}.`,
  });
  const nodes = movedTo.size;
  scores.push({
    name: 'Moved',
    value: formatCount(moved),
    unit: plural(moved, 'client'),
    below: nodes === 0 ? 'none came back yet' : `to ${nodes} ${plural(nodes, 'node')}`,
    definition: `Clients that stuck to ${label} and whose next request went to another node, ${span}. Each is counted once, when it comes back.`,
  });
  scores.push({
    name: 'Failed there',
    value: formatCount(failed),
    unit: plural(failed, 'request'),
    below: failed === 0 ? 'none met it' : `${formatCount(retried)} tried elsewhere`,
    definition: `Requests that failed on ${label} ${span}: not connected, cut, late or answered 5xx. Of them ${formatCount(retried)} may be repeated and were tried on another node.`,
  });
  scores.push({
    name: 'Lost',
    value: formatCount(lost),
    unit: plural(lost, 'request'),
    below: lost === 0 ? 'clients saw no error' : 'clients saw an error',
    definition: `Requests to the listeners of this pool whose client got 5xx or a cut answer ${span}, from whichever node. 501 and 505 are not counted.`,
  });
  return scores;
}

function downFor(ms: number): { value: string; unit: string } {
  const [value = '', ...unit] = formatDuration(ms).split(' ');
  return { value, unit: unit.join(' ') };
}
