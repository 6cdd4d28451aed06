import { describe, expect, test } from 'vitest';
import { barTable, bars, judge } from './bars.ts';
import { markdownTable, toMarkdown, withFigures, type Setup } from './markdown.ts';
import { tooFewFiles } from './open-files.ts';
import { cpuReport, latencyReport, median, memoryReport, pickReport, summarise, table, type Result } from './report.ts';
import { pickRow, proxyRows } from './rows.ts';

const rowOf = (name: string) => proxyRows.find((row) => row.name === name)!;
const result = (name: string, costs: number[], requestsPerSecond = 30_000): Result => ({
  name,
  version: '1.0',
  residentMb: 12.4,
  samples: costs.map((cost) => ({ cost, requestsPerSecond, mbPerSecond: 35, cores: 0.9, errors: 1 })),
});
const memory = (...kb: number[]) => ({
  name: 'Evenkeel',
  version: '1.0',
  samples: kb.map((kbPerConnection) => ({ kbPerConnection, beforeMb: 80, afterMb: 120, lost: 0 })),
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

describe('a row’s report', () => {
  const three = [result('Evenkeel', [15, 15, 15]), result('HAProxy', [10, 10, 10]), result('http-proxy', [90, 90, 90], 6_000)];

  test('has its unit, its reference and the figures the bars are about', () => {
    const { table: http, figures } = cpuReport(rowOf('http'), three);
    expect(http[0]).toEqual(['proxy', 'µs CPU/request', 'min–max', '× HAProxy', 'requests/s', 'cores', 'RSS MB', 'errors']);
    expect(http[1]).toEqual(['Evenkeel 1.0', '15.0', '15.0–15.0', '1.50', '30,000', '0.90', '12', '3']);
    expect(figures).toEqual({ ratio: 1.5, throughput: 5 });
    const bulk = cpuReport(rowOf('bulk'), three).table;
    expect(bulk[0]).toContain('ms CPU/MB');
    expect(bulk[2]).toEqual(['HAProxy 1.0', '10.00', '10.00–10.00', '1.00', '35', '0.90', '12', '3']);
  });

  test('says of latency how much of the peak it was', () => {
    const sample = { p50Ms: 0.4, p99Ms: 2, requestsPerSecond: 5_100, errors: 0 };
    const { table: lines } = latencyReport(rowOf('latency'), [
      { name: 'nginx', version: '1.22', peakPerSecond: 10_000, samples: [sample, { ...sample, p99Ms: 3 }] },
    ]);
    expect(lines[1]).toEqual(['nginx 1.22', '0.40', '2.50', '2.00–3.00', '5,100', '51 %', '0']);
  });

  test('says of memory what a connection costs, of picks the worst ratio', () => {
    expect(memoryReport(rowOf('idle'), [memory(9, 8, 7)]).figures).toEqual({ kbPerConnection: 8 });
    const picks = pickReport(pickRow, [
      { algorithm: 'roundrobin', few: [20, 20], many: [20, 22] },
      { algorithm: 'leastconn', few: [50, 60], many: [100, 120] },
    ]);
    expect(picks.table[2]).toEqual(['leastconn', '55', '110', '2.00']);
    expect(picks.figures).toEqual({ pick: 2 });
  });

  test('leaves a figure out that could not be had', () => {
    expect(cpuReport(rowOf('http'), [three[0]!]).figures).toEqual({});
    expect(memoryReport(rowOf('idle'), []).figures).toEqual({});
  });
});

describe('bars', () => {
  const http = bars.find((bar) => bar.row === 'http' && bar.figure === 'ratio')!;
  const throughput = bars.find((bar) => bar.figure === 'throughput')!;

  test('are judged by the figure as it is shown', () => {
    expect([1.0, 1.004, 1.25, 1.254, 1.256, undefined].map((figure) => judge(http, figure))).toEqual([
      ...['aim met', 'aim met', 'bar met', 'bar met', 'bar MISSED'],
      'not measured',
    ]);
    expect([6, 4, 3.9].map((figure) => judge(throughput, figure))).toEqual(['aim met', 'bar met', 'bar MISSED']);
  });

  test('of rows that were not run are left out; a row without its reference is not measured', () => {
    const lines = barTable([memoryReport(rowOf('idle'), [memory(12)]), cpuReport(rowOf('tcp'), [result('Evenkeel', [9])])]);
    expect(lines.slice(1)).toEqual([
      ['tcp: CPU time per request over HAProxy', '–', '≤ 1.30×', '1.00×', 'not measured'],
      ['idle: growth per idle keep-alive connection', '12.0 KB', '≤ 16.0 KB', '8.0 KB', 'bar met'],
    ]);
    expect(barTable([])).toEqual([]);
  });
});

describe('the markdown', () => {
  const setup: Setup = {
    ...{ machine: 'A processor, 2 cores', node: '24.0.0', load: 'wrk 4', nodes: 'nginx', cores: 'no cores set aside' },
    ...{ rounds: 5, seconds: 3, command: 'npm run bench -- --rows all', date: '2026-01-02', busy: undefined },
  };

  test('has what the figures were had with, the bars and each row', () => {
    const text = toMarkdown(setup, [memoryReport(rowOf('idle'), [memory(9)])], ['`tcp`: without nginx: a reason']);
    expect(text).toContain('- 2026-01-02, `npm run bench -- --rows all`\n- A processor, 2 cores\n');
    expect(text).toContain('- `tcp`: without nginx: a reason\n\n| what');
    expect(text).toMatch(/\| idle: growth per idle keep-alive connection \| 9\.0 KB \|.*\| bar met \|/);
    expect(text).toMatch(/### `idle`\n\nMemory of 5,000 .*\.\n\n\| proxy +\|/);
  });

  test('is padded as the formatter would', () => {
    expect(
      markdownTable([
        ['a', 'bb'],
        ['ccccc', '1'],
      ]),
    ).toBe(['| a     |   bb |', '| ----- | ---: |', '| ccccc |    1 |'].join('\n'));
  });

  test('goes between the marks of a document, or is the document', () => {
    const text = '# Title\n\n<!-- figures -->\n\nold\n\n<!-- /figures -->\n\nafter\n';
    expect(withFigures(text, 'new')).toBe('# Title\n\n<!-- figures -->\n\nnew\n\n<!-- /figures -->\n\nafter\n');
    expect(withFigures('something else\n', 'new')).toBe('new\n');
    expect(withFigures(undefined, 'new')).toBe('new\n');
  });
});

test('too few open files is a sentence that says what to do', () => {
  const limits = (soft: string) =>
    `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft} 20000 files\n`;
  expect(tooFewFiles(limits('20000'), 5000)).toBeUndefined();
  expect(tooFewFiles(limits('unlimited'), 5000)).toBeUndefined();
  expect(tooFewFiles(limits('1024'), 5000)).toBe(
    '5,000 connections need up to 11,500 open files a program, and 1,024 are allowed here; raise the limit with "ulimit -n 11500" (as root, or in limits.conf) and run again',
  );
});
