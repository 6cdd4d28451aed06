import { describe, expect, it } from 'vitest';
import type { JournalFact } from '../../shared/model/journal.ts';
import { useStage } from '../support/cleanup.ts';
import { get, RawClient } from '../support/raw-client.ts';
import { value } from '../support/strict-http.ts';
import { eventually, sleep } from '../support/wait.ts';

const stage = useStage();
const names = ['a', 'b', 'c'];

describe('a node crash under 200 sticky clients', () => {
  it.each(['http_cookie', 'table'])(
    '%s: each client that was on it moves exactly once, nobody else does, nothing is lost',
    async (type) => {
      const nodes = await Promise.all(
        names.map((name) =>
          stage.node({
            onRequest: async () => {
              await sleep(1);
              return `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${name}`;
            },
          }),
        ),
      );
      const facts: JournalFact[] = [];
      const harness = await stage.engine(
        {
          pools: [
            {
              id: 'web',
              stickiness: { type },
              retries: 2,
              healthCheck: { type: 'connection', intervalMs: 500, timeoutMs: 300, attempts: 2 },
              passiveCheck: { enabled: true, errors: 20, windowMs: 10_000 },
              nodes: names.map((id, i) => ({ id, address: nodes[i]!.address })),
            },
          ],
        },
        { events: { fact: (fact) => facts.push(fact) } },
      );
      let over = false;
      const lost: string[] = [];
      /** Answers each client has had since the last look. */
      const answered = new Map<unknown, number>();
      const untilAllAnswered = async (times: number) => {
        answered.clear();
        return eventually(() => clients.every((client) => (answered.get(client) ?? 0) >= times), 10_000);
      };
      /** Where each client was answered last; two connections of a client ask side by side. */
      const clients = await Promise.all(
        Array.from({ length: 200 }, async (_, i) => {
          const from = type === 'table' ? `127.0.${2 + (i >> 7)}.${1 + (i & 127)}` : '127.0.0.1';
          const first = await stage.client(harness, 'web', from);
          const answer = await first.ask(get());
          const cookie = value(answer.fields, 'set-cookie')?.split(';')[0];
          return {
            from,
            sockets: [first, ...(i % 2 === 0 ? [await stage.client(harness, 'web', from)] : [])],
            cookie,
            node: answer.body.toString(),
          };
        }),
      );
      const ask = async (client: (typeof clients)[number], at: number) => {
        while (!over) {
          try {
            let socket = client.sockets[at]!;
            if (socket.fate !== 'open') client.sockets[at] = socket = await RawClient.open(harness.port(), client.from);
            socket.forget();
            const answer = await socket.ask(get('/', ...(client.cookie === undefined ? [] : [`Cookie: ${client.cookie}`])));
            if (answer.status !== 200) lost.push(String(answer.status));
            client.cookie = value(answer.fields, 'set-cookie')?.split(';')[0] ?? client.cookie;
            client.node = answer.body.toString();
            answered.set(client, (answered.get(client) ?? 0) + 1);
          } catch (error) {
            lost.push(String(error));
          }
          await sleep(100);
        }
      };
      const load = clients.flatMap((client) => client.sockets.map((_, at) => ask(client, at)));
      expect(await untilAllAnswered(3)).toBe(true);
      const onKilled = harness.engine.listClients({ node: 'b', limit: 1_000 }).clients.map((client) => client.key);
      expect(onKilled.length).toBeGreaterThan(40);
      await nodes[1]!.kill();
      expect(await eventually(async () => (await harness.node('b')).state === 'down', 10_000)).toBe(true);
      expect(await untilAllAnswered(3)).toBe(true);
      over = true;
      await Promise.all(load);
      for (const { sockets } of clients) for (const socket of sockets) socket.destroy();

      expect(lost).toEqual([]);
      const moved = facts.filter((fact) => fact.kind === 'client.moved');
      expect(moved.map((fact) => fact.client).sort()).toEqual([...onKilled].sort());
      expect(new Set(moved.map((fact) => fact.from))).toEqual(new Set(['b']));
      for (const { reason } of moved) expect(reason).toMatch(/^b (is down|did not answer)$/);
      const now = harness.engine.listClients({ limit: 1_000 });
      expect(now.total).toBe(200);
      const nodeNow = new Map(now.clients.map((client) => [client.key, client]));
      for (const { client, to } of moved) expect(nodeNow.get(client!)).toMatchObject({ node: to, moves: 1 });
      for (const one of now.clients) expect(one.moves).toBe(onKilled.includes(one.key) ? 1 : 0);
      // What was retried is known exactly too: whatever failed on the dead node was served by another.
      const { listeners } = await harness.snapshot();
      const dead = await harness.node('b');
      expect(listeners[0]).toMatchObject({ errors: 0, retried: dead.retried });
      expect(dead.retried).toBe(dead.errors);
    },
  );
});
