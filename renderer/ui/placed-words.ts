import type { Verdict } from '../../shared/model/verdicts.ts';

const words: Partial<Record<Verdict, { short: string; long: string }>> = {
  'chosen:turn': { short: 'By its turn', long: 'It was the node’s turn in the weighted rotation.' },
  'chosen:least': { short: 'Fewest connections', long: 'The node had the fewest connections for its weight.' },
  'chosen:hash': { short: 'By hash of the address', long: 'The hash of the client’s address leads to the node.' },
  'chosen:random': { short: 'Less busy of two', long: 'The node was the less busy of two drawn at random.' },
  'chosen:only': { short: 'The only one that could', long: 'No other node could serve then.' },
  'chosen:retry': { short: 'After another failed', long: 'Another node had just failed its request.' },
  'chosen:pinned': { short: 'Brought by its pin', long: 'It was pinned to the node.' },
  'chosen:sticky-cookie': {
    short: 'By an older cookie',
    long: 'It brought a cookie that names the node, from before the engine started or its entry ended.',
  },
};

/** How a client came to its node: a few words for a list, and a sentence. */
export function placedWords(how: Verdict): { short: string; long: string } {
  return words[how] ?? { short: 'By the balancer', long: 'The balancer chose the node.' };
}
