import { expect, test } from 'vitest';
import { median, rowTable, summarise, table, type Result } from './report.ts';
import { rows } from './rows.ts';

const result = (name: string, costs: number[]): Result => ({
  name,
  version: '1.0',
  residentMb: 12.4,
  samples: costs.map((cost) => ({ cost, requestsPerSecond: 30_000, mbPerSecond: 35, cores: 0.9, errors: 1 })),
});

test('a median is the middle, or between the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('ratios are taken round by round: noise that both met in one round does not show', () => {
  const [own, theirs] = summarise([result('Evenkeel', [15, 45, 18]), result('HAProxy', [10, 30, 12])], 'HAProxy');
  expect(own).toMatchObject({ median: 18, min: 15, max: 45, ratio: 1.5, errors: 3 });
  expect(theirs?.ratio).toBe(1);
});

test('without the reference there is no ratio', () => {
  expect(summarise([result('Evenkeel', [15])], 'HAProxy')[0]?.ratio).toBeUndefined();
});

test('a table lines up its columns', () => {
  expect(
    table([
      ['a', 'bbb'],
      ['cccc', 'd'],
    ]),
  ).toBe('a     bbb\ncccc    d');
});

test("a row's table has its unit and its reference", () => {
  const summaries = summarise([result('Evenkeel', [15, 15, 15]), result('HAProxy', [10, 10, 10])], 'HAProxy');
  const http = rowTable(
    rows.find((row) => row.name === 'http')!,
    summaries,
    'HAProxy',
  ).split('\n');
  expect(http[0]).toMatch(/^proxy +µs CPU\/request +min–max +× HAProxy +requests\/s/);
  expect(http[1]).toMatch(/^Evenkeel 1\.0 +15\.0 +15\.0–15\.0 +1\.50 +30,000 +0\.90 +12 +3$/);
  const bulk = rowTable(
    rows.find((row) => row.name === 'bulk')!,
    summaries,
    'HAProxy',
  ).split('\n');
  expect(bulk[0]).toContain('ms CPU/MB');
  expect(bulk[2]).toMatch(/^HAProxy 1\.0 +10\.00 +10\.00–10\.00 +1\.00 +35 /);
});
