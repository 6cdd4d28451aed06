import type { JournalFact } from '../../../../shared/model/journal.ts';
import type { Verdict } from '../../../../shared/model/verdicts.ts';
import { poolSchema, type PoolConfig } from '../../../../shared/model/config.ts';
import { hash32 } from '../../../../electron/engine/balancing/hash.ts';
import { verdictCode } from '../../../../electron/engine/metrics/request-ring.ts';
import { Placement } from '../../../../electron/engine/pools/decision.ts';
import type { PoolNode } from '../../../../electron/engine/pools/node.ts';
import { Pool } from '../../../../electron/engine/pools/pool.ts';
import { NameResolver } from '../../../../electron/engine/upstream/name-resolver.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { seededRandom } from '../../../support/wait.ts';

type Raw = Record<string, unknown>;

/** A pool's configuration in short: nodes by id, nothing checked, nothing sticky; down only by `down`. */
export function poolConfig(nodes: readonly (string | (Raw & { id: string }))[], more: Raw = {}): PoolConfig {
  return poolSchema.parse({
    id: 'web',
    stickiness: { type: 'none' },
    healthCheck: { type: 'none' },
    passiveCheck: { enabled: true, errors: 1, windowMs: 600_000 },
    ...more,
    nodes: nodes.map((n, i) => ({ address: `127.0.0.1:${1000 + i}`, ...(typeof n === 'string' ? { id: n } : n) })),
  });
}

/** A pool on a clock that a test turns; `ask` is one request that is over at once. */
export class PoolBench {
  readonly clock = new FakeClock();
  readonly facts: JournalFact[] = [];
  readonly pool: Pool;

  constructor(config: PoolConfig, drainMs = 30_000) {
    this.clock.advance(1_000);
    this.pool = new Pool(config, {
      clock: this.clock,
      random: seededRandom(7),
      cookieKey: new Uint8Array(32).fill(7),
      names: new NameResolver(this.clock),
      fact: (fact) => this.facts.push(fact),
      changed: () => undefined,
      drainMs: () => drainMs,
    });
  }

  node(id: string): PoolNode {
    return this.pool.nodes.find((node) => node.id === id)!;
  }

  /** Live traffic fails there. */
  down(id: string): void {
    this.node(id).health.reportFailure('it was told to');
  }

  /** Its trial passes. */
  up(id: string): void {
    this.clock.advance(600_001);
    this.node(id).health.reportSuccess();
  }

  placement(client = '10.0.0.1', cookie?: string, tried: readonly string[] = []): Placement<PoolNode> {
    const placement = new Placement<PoolNode>();
    placement.client = client;
    placement.key = hash32(client);
    placement.cookie = cookie;
    placement.tried.push(...tried.map((id) => this.node(id)));
    return placement;
  }

  /** @returns the node's id, or undefined. */
  ask(client?: string, cookie?: string): string | undefined {
    return this.pool.choose(this.placement(client, cookie))?.id;
  }

  /** What is said of each node, in words. */
  why(placement: Placement<PoolNode>): Record<string, Verdict> {
    const codes = this.pool.explain(placement, this.pool.choose(placement));
    const words = Object.fromEntries(Object.entries(verdictCode).map(([word, code]) => [code, word as Verdict]));
    return Object.fromEntries(this.pool.nodeIds.map((id, i) => [id, words[codes[i]!]!]));
  }

  /** Shares of `count` requests of as many clients, one after the other. */
  shares(count: number): Record<string, number> {
    const shares: Record<string, number> = {};
    for (let i = 0; i < count; i++) {
      const node = this.pool.choose(this.placement(`10.1.${i >> 8}.${i & 255}`));
      if (node) {
        this.pool.take(node);
        this.pool.drop(node);
      }
      const id = node?.id ?? 'none';
      shares[id] = (shares[id] ?? 0) + 1;
    }
    return shares;
  }
}
