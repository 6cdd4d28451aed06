import { expect } from 'vitest';
import type { Run } from '../../../../shared/model/run.ts';
import { runSchema } from '../../../../shared/model/run.ts';
import type { CrashOptions } from './crash.ts';
import type { Observation } from './observation.ts';

/** How far times inside and outside may lie apart on a steady machine. Milliseconds. */
const apartMs = 100;

interface Seen {
  after: number;
  at: number;
}

/** The time between two things seen lies between the shortest and the longest it can have been, for somebody who asks now and then. */
function near(what: string, inside: number | null, from: Seen, to: Seen, stallMs: number): void {
  // A machine that stops its programs for so long delays the kill and everything after it by as much.
  const slack = apartMs + Math.max(0, stallMs - 20);
  const shortest = to.after - from.at;
  const longest = to.at - from.after;
  expect(inside).not.toBeNull();
  const told = `${what} in ${inside} ms, from outside ${shortest} to ${longest} ms`;
  expect([told, inside! >= shortest - slack && inside! <= longest + slack]).toEqual([told, true]);
}

/** Holds the scorecard against what was seen from outside. */
export function agree({ run, seen }: { run: Run; seen: Observation }, { check, clients }: CrashOptions): void {
  runSchema.parse(run);
  expect(run.score.incidents).toHaveLength(1);
  const [incident] = run.score.incidents;
  const gone = seen.port.find(({ open }, i) => i > 0 && !open)!;
  const back = seen.port.findLast(({ open }) => open)!;
  const downSeen = seen.states.find(({ state }) => state === 'down')!;
  const upSeen = seen.states.findLast(({ state }) => state === 'up')!;
  const away = seen.moves.filter(({ from }) => from === 'b');
  const lastMove = { after: Math.max(...away.map(({ sentAt }) => sentAt)), at: Math.max(...away.map(({ at }) => at)) };

  near('detected', incident!.detectMs, gone, downSeen, seen.stallMs);
  near('recovered', incident!.recoverMs, gone, lastMove, seen.stallMs);
  near('back', incident!.backMs, back, upSeen, seen.stallMs);
  expect(incident!.detectMs).toBeLessThanOrEqual(check.intervalMs * check.attempts + check.timeoutMs);

  // Nobody lost anything, and every client that was there moved, once.
  expect(seen.failures).toEqual([]);
  expect(seen.unanswered).toBe(0);
  expect([run.score.lost, incident!.lost]).toEqual([seen.failed, seen.failed]);
  expect(away.length).toBeGreaterThan(clients / 6);
  expect(new Set(away.map(({ client }) => client)).size).toBe(away.length);
  expect(seen.moves).toHaveLength(away.length);
  expect(incident!.moved).toBe(away.length);
  expect(run.score.moved).toBe(away.length);
  const to = (node: string) => away.filter((move) => move.to === node).length;
  expect(Object.fromEntries(incident!.movedTo.map(({ node, clients: count }) => [node, count]))).toEqual({ a: to('a'), c: to('c') });
  // Each of them had one request that failed on the node, unless it asked only when the node was known to be down.
  const tried = away.filter(({ sentAt }) => sentAt < incident!.downAt).length;
  expect([run.score.retried, incident!.retried]).toEqual([tried, tried]);
  expect(run.score.requests).toBe(seen.sent);
}
