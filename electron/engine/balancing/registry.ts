import type { Algorithm } from '../../../shared/model/config.ts';
import { LeastConnections } from './least-connections.ts';
import type { Candidate, Policy } from './policy.ts';
import { RandomTwo } from './random-two.ts';
import { RoundRobin } from './round-robin.ts';
import { SourceHash } from './source-hash.ts';

/**
 * A policy of its own for one pool, with no candidates yet: call `update` before `pick`.
 * @param random 0 ≤ n < 1; used by random2 only.
 */
export function createPolicy<N extends Candidate>(algorithm: Algorithm, random: () => number): Policy<N> {
  switch (algorithm) {
    case 'roundrobin':
      return new RoundRobin<N>();
    case 'leastconn':
      return new LeastConnections<N>();
    case 'source':
      return new SourceHash<N>();
    case 'random2':
      return new RandomTwo<N>(random);
  }
}
