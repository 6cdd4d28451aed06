import { describe, expect, it } from 'vitest';
import { Clients } from '../e2e/real/clients.ts';
import { needing } from '../e2e/real/installed.ts';
import { useRealServers, type RealServer, type Served } from '../e2e/real/stage.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useRealServers();
const nginx = needing('nginx');

const check = { type: 'http', intervalMs: 500, timeoutMs: 300, attempts: 2, rise: 1 };
/** As the window says it in words: how long a dead node takes to be noticed. */
const detectMs = check.intervalMs * check.attempts + check.timeoutMs;
/** Two busy cores may keep a timer or a probe waiting. */
const slackMs = 700;

async function balance(servers: readonly RealServer[], more: Record<string, unknown> = {}): Promise<Served> {
  const served = await stage.evenkeel({
    listeners: [{ id: 'web', protocol: 'http', pool: 'web' }],
    pools: [
      {
        ...{ id: 'web', stickiness: { type: 'none' }, healthCheck: check, retries: 2 },
        timeouts: { connectMs: 300, responseMs: 300 },
        nodes: servers.map(({ name, port }) => ({ id: name, address: `127.0.0.1:${port}` })),
        ...more,
      },
    ],
  });
  const up = async () => {
    const { pools } = (await served.api.call('engine.snapshot')).value as { pools: { nodes: { state: string }[] }[] };
    return pools[0]!.nodes.every((node) => node.state === 'up');
  };
  expect(await eventually(up, 5000, 50)).toBe(true);
  return served;
}

/** Waits for an entry of the journal about a node. @returns milliseconds after `since`. */
async function after(served: Served, kind: string, node: string, since: number): Promise<number> {
  let time: number | undefined;
  await eventually(async () => (time = await served.when(kind, node, since)) !== undefined, 6000, 50);
  if (time === undefined) throw new Error(`no ${kind} of ${node} within 6 s`);
  return time - since;
}

describe('an nginx node', { timeout: 30_000 }, () => {
  // Without passive checks, so that it is the active ones that are seen to work.
  const activeOnly = { passiveCheck: { enabled: false } };

  it.skipIf(nginx.missing)(nginx.title('that hangs (SIGSTOP) is noticed in time, loses no GET, and comes back'), async () => {
    const servers = [await stage.nginx('a', { single: true }), await stage.nginx('b', { single: true })];
    const served = await balance(servers, activeOnly);
    const clients = new Clients(served.ports['web']!);
    await sleep(300);
    const stoppedAt = Date.now();
    process.kill(servers[0]!.pid, 'SIGSTOP');
    try {
      expect(await after(served, 'node.down', 'a', stoppedAt)).toBeLessThanOrEqual(detectMs + slackMs);
      await sleep(200);
    } finally {
      process.kill(servers[0]!.pid, 'SIGCONT');
    }
    await after(served, 'node.up', 'a', Date.now());
    await sleep(200);
    await clients.stop();
    expect(clients.lost).toEqual([]);
    expect(clients.requests).toBeGreaterThan(100);
  });

  it.skipIf(nginx.missing)(nginx.title('that is killed (SIGKILL) is noticed in time, loses no GET, and comes back'), async () => {
    const servers = [await stage.nginx('a', { single: true }), await stage.nginx('b', { single: true })];
    const served = await balance(servers, activeOnly);
    const clients = new Clients(served.ports['web']!);
    await sleep(300);
    const killedAt = Date.now();
    await servers[0]!.stop('SIGKILL');
    expect(await after(served, 'node.down', 'a', killedAt)).toBeLessThanOrEqual(detectMs + slackMs);
    const before = clients.answers.get('a') ?? 0;
    await servers[0]!.start();
    await after(served, 'node.up', 'a', Date.now() - 100);
    expect(await eventually(() => (clients.answers.get('a') ?? 0) > before, 3000, 20)).toBe(true);
    await clients.stop();
    expect(clients.lost).toEqual([]);
  });

  it.skipIf(nginx.missing)(nginx.title('that is restarted under load, in good order or at once, costs no request'), async () => {
    const servers = [await stage.nginx('a'), await stage.nginx('b')];
    const served = await balance(servers);
    const clients = new Clients(served.ports['web']!, 16);
    for (const signal of ['SIGQUIT', 'SIGTERM'] as const) {
      for (const server of servers) {
        await sleep(300);
        await server.stop(signal);
        await server.start();
        // The other is not taken away before this one serves again.
        const { answers } = clients;
        const before = answers.get(server.name) ?? 0;
        expect(await eventually(() => (answers.get(server.name) ?? 0) > before + 10, 5000, 20)).toBe(true);
      }
    }
    await clients.stop();
    expect(clients.lost).toEqual([]);
    expect(clients.requests).toBeGreaterThan(200);
  });
});
