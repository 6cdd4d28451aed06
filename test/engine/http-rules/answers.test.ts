import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerCases, type AnswerCase } from './answer-corpus.ts';
import { checkAnswer } from './check-answer.ts';
import { Lanes, type Lane } from './lanes.ts';
import { Report } from './report.ts';
import { everyCut, pieces, whole, type Split } from './splits.ts';

let lanes: Lanes;

beforeAll(async () => {
  lanes = await Lanes.start();
});

afterAll(async () => {
  await lanes.stop();
});

async function run(cases: readonly AnswerCase[], splitsOf: (c: AnswerCase) => Split[], thorough = false): Promise<string> {
  const report = new Report();
  function* jobs() {
    for (const c of cases) {
      for (const split of splitsOf(c)) {
        yield async (lane: Lane) => {
          if (!report.enough(c.name)) report.note(c.name, await checkAnswer(lane, c, split, thorough));
        };
      }
    }
  }
  await lanes.run(jobs());
  return report.toString();
}

const rows = [...new Set(answerCases.map((c) => c.row))];

describe.each(rows)('answers of row %i', (row) => {
  const cases = answerCases.filter((c) => c.row === row);

  it('whole', async () => {
    expect(await run(cases, (c) => whole(c.answer), true)).toBe('');
  });

  it('cut at every byte', { timeout: 60_000 }, async () => {
    expect(await run(cases, (c) => everyCut(c.answer, c.cuts))).toBe('');
  });

  it('byte by byte and in random pieces', { timeout: 60_000 }, async () => {
    expect(await run(cases, (c) => pieces(c.answer))).toBe('');
  });
});

describe('the engine after all of that', () => {
  it('counts no connection', async () => {
    expect(await lanes.harness.untilQuiet()).toBe('');
  });
});
