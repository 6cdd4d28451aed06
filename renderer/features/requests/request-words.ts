import type { RequestRecord, Sampling } from '../../../shared/model/metrics.ts';
import type { Verdict } from '../../../shared/model/verdicts.ts';
import { formatClock, formatCount, formatDuration, formatMs } from '../../ui/format.ts';

/** A time of day to the millisecond: "14:03:07.912". */
export function clockMs(time: number): string {
  return `${formatClock(time)}.${String(Math.floor(time) % 1_000).padStart(3, '0')}`;
}

/** A duration and its unit apart, so that the unit can be muted: ["24", "ms"], ["12.3", "s"], ["4 min", ""]. */
export function tookParts(ms: number): [value: string, unit: string] {
  if (ms < 9_950) return [formatMs(ms), 'ms'];
  if (ms < 120_000) return [(ms / 1_000).toFixed(1), 's'];
  return [formatDuration(ms), ''];
}

/** Requests are counted when they come and recorded when they are over: so many in a hundred may just be on their way. */
const onTheWayShare = 0.01;

/** Whether requests were left out, now or before. */
const isSampled = ({ every, seen, recorded }: Sampling): boolean => every > 1 || seen - recorded > Math.max(10, seen * onTheWayShare);

/** How the records are chosen, always said: "every request recorded", "every request recorded now", "1 in 7 recorded, every error". */
export function samplingWords(sampling: Sampling): string {
  const { every, errorsEvery } = sampling;
  if (every <= 1) return isSampled(sampling) ? 'every request recorded now' : 'every request recorded';
  const errors = errorsEvery <= 1 ? 'every error' : `of errors 1 in ${formatCount(errorsEvery)}`;
  return `1 in ${formatCount(every)} recorded, ${errors}`;
}

/** How many there were and, where some were left out, how many of them can be read: "14,037 of 15,429 requests recorded". */
export function recordedWords(sampling: Sampling): string {
  const seen = `${formatCount(sampling.seen)} ${sampling.seen === 1 ? 'request' : 'requests'}`;
  return isSampled(sampling) ? `${formatCount(sampling.recorded)} of ${seen} recorded, fewer while there were many a second` : seen;
}

/** What a status means for whoever asked, by its class. */
export function statusWords(status: number, isTcp = false): string {
  if (isTcp) return 'a tcp session has no status';
  const words = ['no answer reached the client', 'switched or informed', 'answered', 'led elsewhere', 'client error', 'server error'];
  return words[Math.floor(status / 100)] ?? 'not a known class';
}

type How = Extract<Verdict, `chosen:${string}`>;

const chosenWords: Record<How, string> = {
  'chosen:turn': 'It was its turn in the weighted rotation.',
  'chosen:least': 'It had the fewest connections for its weight.',
  'chosen:hash': 'The hash of the client’s address leads to it.',
  'chosen:random': 'The less busy of two drawn at random.',
  'chosen:sticky-cookie': 'The client’s cookie says it belongs here.',
  'chosen:sticky-table': 'The client’s address is stuck to it.',
  'chosen:pinned': 'The client is pinned to it.',
  'chosen:only': 'It was the only one that could serve.',
  'chosen:retry': 'It was next, after another had failed.',
};

/** Why somebody else was taken instead, by how the winner was. */
const notTurnWords: Partial<Record<How, string>> = {
  'chosen:turn': 'It could have served; it was not its turn.',
  'chosen:least': 'It could have served; it had more connections for its weight.',
  'chosen:hash': 'It could have served; the client’s address leads elsewhere.',
  'chosen:random': 'It could have served; not drawn, or busier than the one that was.',
};

export interface VerdictWords {
  /** One or two words: "chosen", "passed over". */
  short: string;
  /** A sentence. */
  long: string;
}

/** @param winner how the winner was chosen; undefined when nobody was. */
export function verdictWords(verdict: Verdict, winner: Verdict | undefined): VerdictWords {
  switch (verdict) {
    case 'down':
      return { short: 'down', long: 'It was down at that moment.' };
    case 'draining':
      return { short: 'draining', long: 'Drain takes nobody new, only those stuck to it.' };
    case 'rejecting':
      return { short: 'rejecting', long: 'Its mode is reject: it is given nothing.' };
    case 'backup':
      return { short: 'held back', long: 'A backup serves only when no other node can.' };
    case 'full':
      return { short: 'full', long: 'It was at its limit of connections.' };
    case 'tried':
      return { short: 'tried first', long: 'It was given the request and failed.' };
    case 'not-sticky':
      return {
        short: 'passed over',
        long: winner === 'chosen:pinned' ? 'The client is pinned elsewhere.' : 'The client is stuck to another node.',
      };
    case 'not-turn':
      return { short: 'passed over', long: (winner && notTurnWords[winner as How]) ?? 'It could have served; another was picked.' };
    default:
      return { short: 'chosen', long: chosenWords[verdict] };
  }
}

export interface Candidate extends VerdictWords {
  node: string;
  verdict: Verdict;
  won: boolean;
}

const isChosen = (verdict: Verdict): verdict is How => verdict.startsWith('chosen:');

/** One line a candidate: the winner first, then who was tried, then the others in the pool's order. */
export function candidatesOf({ why }: Pick<RequestRecord, 'why'>): Candidate[] {
  const winner = why.find(({ verdict }) => isChosen(verdict))?.verdict;
  const rank = (verdict: Verdict) => (isChosen(verdict) ? 0 : verdict === 'tried' ? 1 : 2);
  return why
    .map(({ node, verdict }) => ({ node, verdict, won: isChosen(verdict), ...verdictWords(verdict, winner) }))
    .sort((a, b) => rank(a.verdict) - rank(b.verdict));
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];

const lists = new Intl.ListFormat('en', { type: 'conjunction' });

/** The answer to "why this node?" in a sentence or two: the first is the answer, the second its reason. */
export function whyHeadline(record: RequestRecord, nameOf: (node: string) => string): [answer: string, reason: string] {
  const candidates = candidatesOf(record);
  const winner = candidates.find(({ won }) => won);
  const tried = candidates.filter(({ verdict }) => verdict === 'tried').map(({ node }) => nameOf(node));
  const failed = tried.length === 0 ? '' : `${lists.format(tried)} ${tried.length === 1 ? 'was' : 'were'} tried first and failed.`;
  if (!winner) {
    if (candidates.length === 0) return [record.node === null ? 'No node was asked.' : nameOf(record.node), 'No choice was recorded.'];
    return ['No node could take it.', failed];
  }
  if (record.retries === 0) return [`${nameOf(winner.node)}.`, winner.long];
  return [`${nameOf(winner.node)}, on the ${ordinals[record.retries] ?? `${record.retries + 1}th`} try.`, failed || winner.long];
}
