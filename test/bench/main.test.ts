import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-test-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Runs the bench where nothing is installed but Node. */
function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [path.join(import.meta.dirname, 'main.ts'), ...args], {
    encoding: 'utf8',
    env: { PATH: path.join(dir, 'nothing'), TMPDIR: dir },
    timeout: 30_000,
  });
}

test.runIf(process.platform === 'linux')('where only Node is installed it measures what is there, and says what is not', () => {
  const json = path.join(dir, 'result.json');
  const { status, stdout, stderr } = bench('--rounds', '1', '--seconds', '1', '--only', 'HAProxy,nginx,http-proxy', '--json', json);
  expect(stderr).toContain('round 1 of 1');
  expect(status).toBe(0);
  expect(stdout).toContain('SKIPPED HAProxy: it is not installed');
  expect(stdout).toContain('SKIPPED nginx: it is not installed');
  expect(stdout).toMatch(/Load: Node .*wrk is not installed/);
  const { rows } = JSON.parse(readFileSync(json, 'utf8'));
  expect(rows).toHaveLength(1);
  const [sample] = rows[0].results[0].samples;
  expect(sample.errors).toBe(0);
  expect(sample.requestsPerSecond).toBeGreaterThan(100);
  expect(sample.cost).toBeGreaterThan(10);
  expect(readdirSync(dir)).toEqual(['result.json']);
});

test('a wrong option is a sentence and exit code 2', () => {
  expect(bench('--rows', 'htp')).toMatchObject({ status: 2, stderr: expect.stringContaining('There is no row "htp". There are http,') });
  expect(bench('--rounds', '0')).toMatchObject({ status: 2, stderr: expect.stringContaining('--rounds must be 1–100, got "0".') });
  expect(bench('--fast').status).toBe(2);
  expect(existsSync(path.join(dir, 'evenkeel-bench'))).toBe(false);
});
