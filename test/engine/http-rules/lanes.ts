import { EngineHarness } from '../../support/engine-harness.ts';
import { RecorderNode } from '../../support/recorder-node.ts';

/** One listener, one pool, one recording node: a message sent here is seen by this node and by no other. */
export interface Lane {
  port: number;
  node: RecorderNode;
}

/** Limits of the listeners in these tests; small, so that messages over them are short. */
export const laneLimits = { maxHeadBytes: 4096, maxHeaders: 30 };

/** Many lanes of one engine, so that many messages are on their way at once and none is taken for another's. */
export class Lanes {
  readonly harness: EngineHarness;
  readonly #free: Lane[];
  readonly #all: Lane[];

  private constructor(harness: EngineHarness, lanes: Lane[]) {
    this.harness = harness;
    this.#free = [...lanes];
    this.#all = lanes;
  }

  static async start(count = 24): Promise<Lanes> {
    const nodes = await Promise.all(Array.from({ length: count }, () => RecorderNode.start()));
    const harness = await EngineHarness.start({
      listeners: nodes.map((_, i) => ({ id: `l${i}`, pool: `p${i}`, ...laneLimits })),
      pools: nodes.map((node, i) => ({ id: `p${i}`, nodes: [node.address], retries: 0 })),
    });
    return new Lanes(
      harness,
      nodes.map((node, i) => ({ port: harness.port(`l${i}`), node })),
    );
  }

  /** Runs every job on a lane of its own, as many at a time as there are lanes. */
  async run(jobs: Iterable<(lane: Lane) => Promise<void>>): Promise<void> {
    const queue = jobs[Symbol.iterator]();
    const worker = async (lane: Lane) => {
      for (let next = queue.next(); !next.done; next = queue.next()) await next.value(lane);
    };
    await Promise.all(this.#free.map(worker));
  }

  async stop(): Promise<void> {
    this.harness.stop();
    await Promise.all(this.#all.map((lane) => lane.node.kill()));
  }
}
