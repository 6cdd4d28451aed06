import { beforeEach, describe, expect, it } from 'vitest';
import { eventChannels, requestChannels } from '../../shared/contract/channels.ts';
import { contractErrorSchema } from '../../shared/contract/envelope.ts';
import type { Sender } from '../../electron/ipc/sender.ts';
import { testPlane, type TestPlane } from './plane.ts';

/** Whatever a page that was taken over could send through the bridge, on every channel. */

const window = { kind: 'window', isMainFrame: true, origin: 'app://evenkeel', ownOrigin: 'app://evenkeel' } as const;

const polluting = JSON.parse(
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"prototype":{"polluted":true}}',
) as Record<string, unknown>;

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { config: value };
  return value;
}

/** None of them is what any channel takes. */
const hostile: [string, unknown][] = [
  ['keys that pollute prototypes', polluting],
  ['such keys one level down', { config: polluting, settings: polluting, pool: polluting, node: polluting, id: polluting, extra: 1 }],
  ['no object', 'text'],
  ['null', null],
  ['a list', [{}]],
  ['a function-like thing', { toString: 'x', valueOf: 'y', then: 1 }],
  ['numbers that are none', { limit: Number.NaN, from: Number.POSITIVE_INFINITY, unknown: -0 }],
  ['a huge text', { unknown: 'x'.repeat(5_000_000) }],
  ['a huge list', { unknown: Array.from({ length: 200_000 }, (_, i) => i) }],
  ['great depth', { unknown: deep(2_000) }],
  ['names with NUL and paths', { id: '../../etc/passwd\0', pool: '..\\..', node: '%2e%2e', unknown: 1 }],
];

describe('hostile params', () => {
  let it_: TestPlane;
  beforeEach(async () => {
    it_ = await testPlane();
  });

  it.each(hostile)('are refused on every channel: %s', async (_name, params) => {
    const before = JSON.stringify(it_.plane.workspace.get());
    for (const channel of requestChannels) {
      const startedAt = performance.now();
      const reply = await it_.plane.router(window, channel, params);
      expect([channel, reply.ok]).toEqual([channel, false]);
      if (!reply.ok) {
        expect(contractErrorSchema.safeParse(reply.error).success).toBe(true);
        expect([channel, reply.error.code]).toEqual([channel, 'BAD_REQUEST']);
        // An answer repeats what was wrong, not what was sent.
        expect(JSON.stringify(reply).length).toBeLessThan(20_000);
      }
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(JSON.stringify(it_.plane.workspace.get())).toBe(before);
    expect(it_.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('do not reach a handler by a name that is no channel', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'app.info ', 'APP.INFO', ...eventChannels]) {
      const reply = await it_.plane.router(window, name, {});
      expect([name, reply]).toMatchObject([name, { ok: false, error: { code: 'UNKNOWN_CHANNEL' } }]);
    }
  });

  it.each<[string, Sender]>([
    ['a frame inside the page', { ...window, isMainFrame: false }],
    ['another origin', { ...window, origin: 'https://example.com' }],
    ['a frame that has gone', { ...window, isMainFrame: false, origin: '' }],
    ['an origin without a name', { ...window, origin: 'null' }],
    ['an origin that begins like ours', { ...window, origin: 'app://evenkeel.example' }],
  ])('do not matter when nobody may ask: %s', async (_name, sender) => {
    for (const channel of requestChannels)
      expect([channel, await it_.plane.router(sender, channel, {})]).toMatchObject([channel, { ok: false, error: { code: 'FORBIDDEN' } }]);
  });
});
