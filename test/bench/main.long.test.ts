import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-test-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Where nothing is installed but Node, so that every load generator and node of our own is used. */
test.runIf(process.platform === 'linux')('every row measures, without an error, and is written down', { timeout: 240_000 }, () => {
  const json = path.join(dir, 'result.json');
  const markdown = path.join(dir, 'result.md');
  const args = ['--rows', 'all', '--rounds', '1', '--seconds', '1', '--only', 'http-proxy', '--json', json, '--markdown', markdown];
  const { status, stdout } = spawnSync(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], {
    encoding: 'utf8',
    env: { PATH: path.join(dir, 'nothing'), TMPDIR: dir },
    timeout: 230_000,
  });
  expect(stdout).not.toContain('FAILED');
  expect(status).toBe(0);
  const { rows } = JSON.parse(readFileSync(json, 'utf8'));
  for (const { row, results } of rows.filter(({ row }: { row: string }) => row !== 'pick')) {
    for (const sample of results[0]?.samples ?? []) expect([row, sample.errors ?? sample.lost]).toEqual([row, 0]);
  }
  const text = readFileSync(markdown, 'utf8');
  for (const name of ['http', 'tls', 'handshakes', 'handshakes-resumed', 'ws', 'bulk', 'bulk-up', 'latency', 'pick'])
    expect(text).toContain(`### \`${name}\``);
  expect(text).toContain('`http-sticky`: without http-proxy: it has no stickiness');
  expect(readdirSync(dir).sort()).toEqual(['result.json', 'result.md']);
});
