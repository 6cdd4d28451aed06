import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportHaproxy } from '../../electron/control/interchange/haproxy-export.ts';
import { parseConfig } from '../../shared/model/validate.ts';
import { startProgram } from '../bench/program.ts';
import { send } from '../contract/http-client.ts';
import { startNode, type TestNode } from '../e2e/headless/nodes.ts';
import { needing } from '../e2e/real/installed.ts';
import { useRealServers } from '../e2e/real/stage.ts';
import { freePorts } from '../support/free-port.ts';
import { eventually } from '../support/wait.ts';

const stage = useRealServers('file');
const haproxy = needing('haproxy');
let nodes: Record<'a' | 'b' | 'c', TestNode>;
/** The same configuration behind both, by listener. */
let fronts: Record<'evenkeel' | 'haproxy', Record<'plain' | 'sticky', number>>;

beforeAll(async () => {
  if (haproxy.missing) return;
  const [a, b, c] = [await startNode('a'), await startNode('b'), await startNode('c')] as const;
  nodes = { a, b, c };
  for (const node of [a, b, c]) stage.also(() => node.close());
  const pool = (id: string, stickiness: string) => ({
    id,
    stickiness: { type: stickiness },
    healthCheck: { type: 'http', intervalMs: 500, timeoutMs: 300, attempts: 2, rise: 1 },
    nodes: [
      { id: 'a', address: `127.0.0.1:${a.port}`, weight: 100 },
      { id: 'b', address: `127.0.0.1:${b.port}`, weight: 50 },
      { id: 'c', address: `127.0.0.1:${c.port}`, mode: 'backup' },
    ],
  });
  const pools = [pool('plain', 'none'), pool('sticky', 'http_cookie')];
  const listen = (ports: readonly number[]) => ['plain', 'sticky'].map((id, i) => ({ id, port: ports[i]!, protocol: 'http', pool: id }));
  const own = await freePorts(2);
  const { ports } = await stage.evenkeel({ listeners: listen(own), pools });
  const theirs = await freePorts(2);
  const { config } = parseConfig({ version: 1, listeners: listen(theirs), pools });
  const file = path.join(stage.folder, 'exported.cfg');
  writeFileSync(file, exportHaproxy(config!).text);
  const program = await startProgram('haproxy', ['-db', '-f', file], theirs);
  stage.also(() => program.stop());
  fronts = {
    evenkeel: { plain: ports['plain']!, sticky: ports['sticky']! },
    haproxy: { plain: theirs[0]!, sticky: theirs[1]! },
  };
});

async function ask(port: number, cookie?: string): Promise<{ node: string; status: number; cookie: string | undefined }> {
  const { status, text, headers } = await send(port, { headers: cookie === undefined ? {} : { Cookie: cookie } });
  return { node: text, status, cookie: headers['set-cookie']?.[0]?.split(';')[0] };
}

async function spread(port: number, count: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const { node } = await ask(port);
    counts[node] = (counts[node] ?? 0) + 1;
  }
  return counts;
}

describe('Evenkeel and the HAProxy it exports to', { timeout: 30_000 }, () => {
  it.skipIf(haproxy.missing)(haproxy.title('spread requests by weight alike, backups left out'), async () => {
    for (const name of ['evenkeel', 'haproxy'] as const) expect(await spread(fronts[name].plain, 60), name).toEqual({ a: 40, b: 20 });
  });

  it.skipIf(haproxy.missing)(
    haproxy.title('keep clients by cookie, move them when their node dies, and to a backup in the end'),
    async () => {
      const clients: { name: 'evenkeel' | 'haproxy'; cookie: string; node: string }[] = [];
      for (const name of ['evenkeel', 'haproxy'] as const) {
        for (let i = 0; i < 6; i++) {
          const first = await ask(fronts[name].sticky);
          expect(first.cookie, name).toMatch(/^NB_SRVID=/);
          for (let again = 0; again < 3; again++) {
            const next = await ask(fronts[name].sticky, first.cookie);
            // A cookie that is right is not set again.
            expect([next.node, next.cookie], name).toEqual([first.node, undefined]);
          }
          clients.push({ name, cookie: first.cookie!, node: first.node });
        }
      }
      await nodes.a.close();
      for (const { name, cookie, node } of clients) {
        const moved = await ask(fronts[name].sticky, cookie);
        expect([moved.status, moved.node], name).toEqual([200, 'b']);
        // Who had to move is told where it is now; who had not is left alone.
        expect(moved.cookie !== undefined, name).toBe(node === 'a');
      }
      await nodes.b.close();
      for (const name of ['evenkeel', 'haproxy'] as const) {
        const there = await eventually(async () => (await ask(fronts[name].sticky)).node === 'c', 5_000);
        expect(there, name).toBe(true);
      }
    },
  );
});
