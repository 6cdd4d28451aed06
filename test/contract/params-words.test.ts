import { beforeAll, describe, expect, it } from 'vitest';
import { requestChannels } from '../../shared/contract/channels.ts';
import { testPlane, type TestPlane } from './plane.ts';

/** Whatever is wrong with a request is said in the words the rest of the product uses, under a code that stays. */

const wrong: unknown[] = [
  ...['text', null, [{}], 5, {}, { toString: 'x' }],
  ...[{ limit: 'x' }, { limit: -1 }, { limit: 1e99 }, { limit: 1.5 }, { limit: Number.NaN }, { limit: Infinity }],
  ...[{ kinds: 'x' }, { kinds: ['x'] }, { kinds: [5] }, { from: 'x' }, { to: 'x' }, { afterSeq: 'x' }, { filter: 5 }, { sort: 'x' }],
  ...[{ pool: 5 }, { pool: '' }, { pool: 'x'.repeat(5_000) }, { pool: 'a', node: 5, mode: 5, key: 5 }, { pool: 'a', node: 'b', mode: 'x' }],
  ...[
    { fault: 5 },
    { fault: { type: 'x' } },
    { pool: 'a', node: 'b', fault: { type: 'slow' } },
    { node: 'a', fault: { type: 'slow', addMs: 'x' } },
  ],
  ...[{ scenario: 5 }, { run: 5 }, { id: 5 }, { id: [] }, { config: 5 }, { paused: 'x' }, { text: 5 }, { format: 'x', target: 'x' }],
  ...[{ names: 'x' }, { names: [] }, { names: [5] }, { names: Array.from({ length: 101 }, () => 'a.test') }, { days: 'x' }, { hosts: [] }],
  ...[{ untrust: 'x' }, { store: 5 }, { address: 5 }, { certificate: 5 }, { clients: 'x' }, { clients: { count: 'x' } }, { rate: 'x' }],
  ...[{ theme: 'x' }, { quietHours: 5 }, { quietHours: { from: 5 } }, { quietHours: { from: 'x', until: 'y' } }, { limt: 5, extra: 1 }],
];

/** As zod puts it. */
const library =
  /Invalid (input|option|type|string|key|value)|expected |received |Unrecognized|Too (big|small)|must match pattern|Required$/;

describe('wrong params', () => {
  let it_: TestPlane;
  beforeAll(async () => {
    it_ = await testPlane();
  });
  const ask = (channel: string, params: unknown) => it_.plane.router({ kind: 'http', via: 'token' }, channel, params);

  it.each(requestChannels)('are told in our words: %s', async (channel) => {
    for (const params of wrong) {
      const reply = await ask(channel, params);
      if (reply.ok) continue;
      const { code, message, issues = [] } = reply.error;
      for (const words of [message, ...issues.map((issue) => issue.message)]) expect(words).not.toMatch(library);
      expect(code).toMatch(/^[A-Z_]+$/);
      expect(code).not.toBe('INTERNAL');
    }
  });

  it.each<[string, unknown, string]>([
    ['engine.snapshot', 'text', 'must be an object, got "text"'],
    ['journal.list', { limit: 'x' }, 'limit: must be a number, got "x"'],
    ['journal.list', { limt: 5 }, 'limt: unknown key, did you mean "limit"?'],
    ['journal.list', { kinds: 'x' }, 'kinds: must be a list, got "x"'],
    ['lab.injectFault', { pool: 'demo', node: 'a', fault: { type: 'slwo' } }, 'must be one of'],
    ['node.setMode', { pool: 'web', node: 'a' }, 'mode: '],
    ['authority.trust', {}, 'store: is required'],
  ])('%s %j', async (channel, params, words) => {
    expect(await ask(channel, params)).toMatchObject({
      ok: false,
      error: { code: 'BAD_REQUEST', message: expect.stringContaining(words) as string },
    });
  });
});
