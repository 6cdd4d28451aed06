import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  failures: string[];
}
// The bootstrap scripts are plain JavaScript, without declarations.
const script = new URL('../../../scripts/lib/vitest-report.mjs', import.meta.url).href;
const { countTests } = (await import(script)) as { countTests(file: string, exitCode: number): Counts };

const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-report-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function count(testResults: unknown, exitCode: number) {
  const file = path.join(folder, 'report.json');
  writeFileSync(file, JSON.stringify({ testResults }));
  return countTests(file, exitCode);
}
const tests = (...statuses: string[]) => statuses.map((status, i) => ({ status, fullName: `test ${i}` }));

describe('counting tests', () => {
  it('counts each test once', () => {
    const report = [{ name: 'a', status: 'failed', assertionResults: tests('passed', 'failed', 'pending', 'todo', 'passed') }];
    expect(count(report, 1)).toMatchObject({ passed: 2, failed: 1, skipped: 2, failures: ['a: test 1'] });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const report = [{ name: 'a', status: 'failed', message: 'SyntaxError\nat …', assertionResults: [] }];
    expect(count(report, 1)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('never calls a failed run passed', () => {
    expect(count([{ name: 'a', status: 'passed', assertionResults: tests('passed') }], 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(countTests(path.join(folder, 'gone.json'), 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});
