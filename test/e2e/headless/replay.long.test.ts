import { afterAll, expect, test } from 'vitest';
import { type Run, runSchema } from '../../../shared/model/run.ts';
import type { EnginePatch, EngineSnapshot } from '../../../shared/model/state.ts';
import { applyPatch } from '../../../shared/state/patch.ts';
import { replayAt } from '../../../shared/state/replay.ts';
import { eventually } from '../../support/wait.ts';
import { apiOf, Program } from './program.ts';

// A run of the real program, replayed, against what the same program told live while it happened.

const program = new Program(['demo', '--ui', '127.0.0.1:0']);
afterAll(() => program.end());

/** Mode and state of every node, and the listeners' states: what a replay has to have as it was. */
const statesOf = (snapshot: Pick<EngineSnapshot, 'pools' | 'listeners'>) => ({
  nodes: snapshot.pools.flatMap((pool) => pool.nodes.map(({ id, mode, state }) => `${pool.id}/${id} ${mode} ${state}`)),
  listeners: snapshot.listeners.map(({ id, state }) => `${id} ${state}`),
});

/** Listens as a window does: first to what changes, then asks what there is. @returns every state there was, with the moment it was told. */
async function mirror(
  api: ReturnType<typeof apiOf>,
  signal: AbortSignal,
): Promise<{ time: number; states: ReturnType<typeof statesOf> }[]> {
  const answer = await fetch(`http://127.0.0.1:${api.port}/api/events?channels=engine.patch`, { headers: api.auth, signal });
  let snapshot = (await api.call('engine.snapshot')).value as EngineSnapshot;
  const seen = [{ time: Date.now(), states: statesOf(snapshot) }];
  const read = async () => {
    let text = '';
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      const events = text.split('\n\n');
      text = events.pop()!;
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        const next = applyPatch(snapshot, JSON.parse(data) as EnginePatch);
        if (typeof next === 'string') {
          if (next === 'stale') throw new Error('a patch was missed');
          continue;
        }
        snapshot = next;
        const states = statesOf(snapshot);
        if (JSON.stringify(states) !== JSON.stringify(seen.at(-1)!.states)) seen.push({ time: Date.now(), states });
      }
    }
  };
  read().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return seen;
}

/** A patch and the journal's word of the same change are this far apart at most, on a busy machine. Milliseconds. */
const quietMs = 150;

test('a recorded run gives the states at 20 moments that were told live, and the clients their nodes', { timeout: 60_000 }, async () => {
  const api = apiOf(await program.ready());
  const scenario = {
    ...{ version: 1, id: 'replayed', name: 'Replayed', nodes: 3, warmUpMs: 1_000, durationMs: 6_500 },
    pool: { healthCheck: { intervalMs: 500, timeoutMs: 400 } },
    clients: { count: 24, requestsPerSecond: 120 },
    steps: [
      { atMs: 400, do: 'fault', node: 'b', fault: { type: 'kill' } },
      { atMs: 2_000, do: 'mode', node: 'c', mode: 'drain' },
      { atMs: 3_000, do: 'heal', node: 'b' },
      { atMs: 5_000, do: 'mode', node: 'c', mode: 'accept' },
    ],
  };
  const started = await api.call('lab.runScenario', { scenario });
  expect(started.error).toBeUndefined();
  const phase = async () => (await api.call('lab.get')).value.run as { phase: string; runId: string | null };
  expect(await eventually(async () => (await phase()).phase === 'running', 20_000)).toBe(true);
  const listening = new AbortController();
  const seen = await mirror(api, listening.signal);
  const places: { time: number; of: Map<string, string> }[] = [];
  expect(
    await eventually(async () => {
      const { clients } = (await api.call('clients.list', { pool: 'demo', limit: 1_000 })).value as {
        clients: { key: string; node: string }[];
      };
      places.push({ time: Date.now(), of: new Map(clients.map((client) => [client.key, client.node])) });
      return (await phase()).phase === 'done';
    }, 25_000),
  ).toBe(true);
  listening.abort();
  // The run as it is exported and read again.
  const { runId } = await phase();
  const run: Run = runSchema.parse(JSON.parse(JSON.stringify((await api.call('runs.get', { id: runId })).value)));

  const told = seen.filter((one) => one.time > run.startedAt && one.time < run.endedAt);
  // It went down, came back, drained and accepted again, with checking in between.
  expect(told.length).toBeGreaterThanOrEqual(4);
  const quiet = (time: number) => seen.every((one) => Math.abs(one.time - time) > quietMs);
  const first = seen[0]!.time + quietMs;
  let compared = 0;
  for (let i = 0; compared < 20 && i < 400; i++) {
    const time = first + ((i * 0.618_033_988) % 1) * (run.endedAt - quietMs - first);
    if (!quiet(time)) continue;
    compared++;
    const live = seen.findLast((one) => one.time <= time)!.states;
    expect({ at: Math.round(time - run.startedAt), ...statesOf(replayAt(run, time).snapshot) }).toEqual({
      at: Math.round(time - run.startedAt),
      ...live,
    });
  }
  expect(compared).toBe(20);

  const moves = run.entries.filter((entry) => entry.kind === 'client.moved').map((entry) => entry.time);
  const still = places.filter(({ time }) => time > first && time < run.endedAt && moves.every((move) => Math.abs(move - time) > 250));
  expect(still.length).toBeGreaterThan(3);
  for (const { time, of } of still) {
    for (const { key, node } of replayAt(run, time).clients) {
      // A client of a node that went down is nobody's until it comes back.
      const there = of.get(key);
      if (there !== undefined) expect(`${key} on ${node}`).toBe(`${key} on ${there}`);
    }
  }
});
