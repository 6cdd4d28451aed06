import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { allowLending } from '../../../electron/engine/sessions/lent-reading.ts';
import { checkRequest } from './check-request.ts';
import { requestCases, type RequestCase } from './corpus.ts';
import { Lanes, type Lane } from './lanes.ts';
import { Report } from './report.ts';
import { everyCut, pieces, whole, type Split } from './splits.ts';

let lanes: Lanes;

beforeAll(async () => {
  lanes = await Lanes.start();
});

afterEach(() => {
  allowLending(true);
});

afterAll(async () => {
  await lanes.stop();
});

async function run(cases: readonly RequestCase[], splitsOf: (c: RequestCase) => Split[]): Promise<string> {
  const report = new Report();
  function* jobs() {
    for (const c of cases) {
      for (const split of splitsOf(c)) {
        yield async (lane: Lane) => {
          if (!report.enough(c.name)) report.note(c.name, await checkRequest(lane, c, split));
        };
      }
    }
  }
  await lanes.run(jobs());
  return report.toString();
}

const rows = [...new Set(requestCases.map((c) => c.row))];

describe.each(rows)('requests of row %i', (row) => {
  const cases = requestCases.filter((c) => c.row === row);

  it('whole', async () => {
    expect(await run(cases, (c) => whole(c.bytes))).toBe('');
  });

  it('cut at every byte', { timeout: 60_000 }, async () => {
    expect(await run(cases, (c) => everyCut(c.bytes, c.cuts))).toBe('');
  });

  it.each([
    ['lent', true],
    ['own', false],
  ] as const)('byte by byte and in random pieces, read into %s buffers', { timeout: 60_000 }, async (_, lends) => {
    allowLending(lends);
    expect(await run(cases, (c) => pieces(c.bytes))).toBe('');
  });
});

describe('the engine after all of that', () => {
  it('counts no connection and serves', async () => {
    expect(await lanes.harness.untilQuiet()).toBe('');
    const report = new Report();
    const plain = requestCases.find((c) => c.row === 14 && c.name === 'good')!;
    await lanes.run(
      Array.from(
        { length: 50 },
        () => async (lane: Lane) => report.note(plain.name, await checkRequest(lane, plain, whole(plain.bytes)[0]!)),
      ),
    );
    expect(report.toString()).toBe('');
  });
});
