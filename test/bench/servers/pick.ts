import type { Algorithm } from '../../../shared/model/config.ts';
import type { Candidate } from '../../../electron/engine/balancing/policy.ts';
import { createPolicy } from '../../../electron/engine/balancing/registry.ts';

/** What CPU time a choice costs, by algorithm and number of nodes: `node pick.ts ROUNDS` prints nanoseconds as JSON. */
interface Node extends Candidate {
  active: number;
}

const algorithms: Algorithm[] = ['roundrobin', 'leastconn', 'source', 'random2'];
const sizes = [3, 1000] as const;
const inFlight = 64;
const perRound = 500_000;
/** Before anything counts, so that the compiler has seen every algorithm in use. */
const warmRounds = 3;

/** One policy in use: each step ends the oldest of the requests in flight and begins another, for a client of its own. */
function stepper(algorithm: Algorithm, size: number): (steps: number) => number {
  const nodes = Array.from({ length: size }, (_, i): Node => ({ id: `n${i}`, weight: 100, active: 0 }));
  const policy = createPolicy<Node>(algorithm, Math.random);
  policy.update(nodes);
  const flying: (Node | undefined)[] = Array.from({ length: inFlight }, () => undefined);
  let key = 1;
  let at = 0;
  return (steps) => {
    const began = process.cpuUsage();
    for (let i = 0; i < steps; i++) {
      const ended = flying[at];
      if (ended) {
        ended.active--;
        policy.drop(ended);
      }
      key = (Math.imul(key, 1_664_525) + 1_013_904_223) >>> 0;
      const node = policy.pick(key)!;
      node.active++;
      policy.take(node);
      flying[at] = node;
      at = (at + 1) % inFlight;
    }
    const { user, system } = process.cpuUsage(began);
    return ((user + system) * 1e3) / steps;
  };
}

const rounds = Number(process.argv[2] ?? 5);
const all = algorithms.map((algorithm) => ({ algorithm, steppers: sizes.map((size) => stepper(algorithm, size)) }));
for (let i = 0; i < warmRounds; i++) for (const { steppers } of all) for (const step of steppers) step(perRound);

const result = all.map(({ algorithm, steppers }) => {
  // Interleaved, as everything here is.
  const samples = Array.from({ length: rounds }, () => steppers.map((step) => step(perRound)));
  return { algorithm, few: samples.map(([few]) => few!), many: samples.map(([, many]) => many!) };
});
process.stdout.write(`${JSON.stringify(result)}\n`);
