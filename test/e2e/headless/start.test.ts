import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { eventually } from '../../support/wait.ts';
import { startNode } from './nodes.ts';
import { apiOf, fetchOnce, Program } from './program.ts';

let home: string;
const programs: Program[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'evenkeel-home-'));
});
afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.end()));
  await rm(home, { recursive: true, force: true });
});

function start(): Program {
  const program = new Program(['start', '--ui', '127.0.0.1:0'], { XDG_CONFIG_HOME: home });
  programs.push(program);
  return program;
}

it.runIf(process.platform === 'linux')(
  'shows the demo until there is a configuration of one’s own, and saves no configuration before',
  async () => {
    const first = start();
    const ready = await first.ready();
    expect(ready.listeners).toMatchObject([{ id: 'demo' }]);
    expect(first.stdout.split('\n')[0]).toBe(
      `Evenkeel runs. Open ${ready.ui} in a browser. The demo answers at http://${ready.listeners[0]!.address}/ Ctrl+C ends it.`,
    );
    const api = apiOf(ready);
    expect((await fetchOnce(api.port)).headers['set-cookie']).toHaveLength(1);
    // The past and the cookie key; no configuration, and so no backups of one.
    expect(await readdir(join(home, 'evenkeel'))).toEqual(['history']);

    const node = await startNode('mine');
    const port = await freePort();
    const own = {
      version: 1,
      listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
      pools: [{ id: 'web', nodes: [{ id: 'a', address: `127.0.0.1:${node.port}` }] }],
    };
    expect(await api.call('config.apply', { config: own })).toMatchObject({ status: 200 });
    expect((await api.call('settings.set', { theme: 'dark' })).value).toMatchObject({ theme: 'dark' });
    // The demo's nodes and clients end on their own time, after the answer.
    expect(await eventually(async () => !((await api.call('lab.get')).value as { running: boolean }).running, 5000)).toBe(true);
    expect((await readdir(join(home, 'evenkeel'))).sort()).toEqual(['backups', 'evenkeel.json', 'history', 'settings.json']);
    first.signal('SIGTERM');
    expect(await first.exited).toBe(0);

    const second = start();
    const again = await second.ready();
    expect(again.listeners).toEqual([{ id: 'web', address: `127.0.0.1:${port}` }]);
    expect((await fetchOnce(port)).text).toBe('mine');
    expect((await apiOf(again).call('settings.get')).value).toMatchObject({ theme: 'dark' });
    await node.close();
  },
);
