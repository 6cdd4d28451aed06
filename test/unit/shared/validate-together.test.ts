import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/model/validate.ts';

type Doc = Parameters<typeof structuredClone>[0];
const good = () => ({
  version: 1,
  listeners: [
    { id: 'web', port: 8080, protocol: 'http', pool: 'web' },
    { id: 'other', port: 8081, protocol: 'http', pool: 'web' },
  ] as Record<string, unknown>[],
  pools: [
    {
      id: 'web',
      healthCheck: { intervalMs: 5000, timeoutMs: 3000 },
      nodes: [{ id: 'a', address: '127.0.0.1:9001', weight: 100 } as Record<string, unknown>],
    },
  ] as Record<string, unknown>[],
});
const paths = (document: unknown) => parseConfig(document).issues.map((issue) => issue.path);
function edited(change: (document: ReturnType<typeof good>) => void): Doc {
  const document = good();
  change(document);
  return document;
}

describe('mistakes of single fields and between fields', () => {
  it('are told at once', () => {
    const document = edited((d) => {
      (d.pools[0]!['nodes'] as Record<string, unknown>[])[0]!['weight'] = 300;
      d.pools[0]!['healthCheck'] = { intervalMs: 2000, timeoutMs: 2000 };
      d.listeners[0]!['pool'] = 'wbe';
      d.listeners[1]!['prot'] = 1;
    });
    expect(paths(document).sort()).toEqual([
      'listeners[0].pool',
      'listeners[1].prot',
      'pools[0].healthCheck.timeoutMs',
      'pools[0].nodes[0].weight',
    ]);
  });

  it.each<[string, (d: ReturnType<typeof good>) => void, string[]]>([
    [
      'an interval that is no number says nothing of the timeout',
      (d) => (d.pools[0]!['healthCheck'] = { intervalMs: 'x', timeoutMs: 9000 }),
      ['pools[0].healthCheck.intervalMs'],
    ],
    ['a check that is no object says nothing of its fields', (d) => (d.pools[0]!['healthCheck'] = 'fast'), ['pools[0].healthCheck']],
    ['a pool whose id is wrong may be the one that is meant', (d) => (d.pools[0]!['id'] = 'w e b'), ['pools[0].id']],
    ['a port that is wrong may be any port', (d) => Object.assign(d.listeners[1]!, { port: 99_999 }), ['listeners[1].port']],
    [
      'a protocol that is wrong may need no certificate',
      (d) => Object.assign(d.listeners[1]!, { protocol: 'htps' }),
      ['listeners[1].protocol'],
    ],
    ['an entry that is no object hides what stands behind it', (d) => d.listeners.push('x' as never), ['listeners[2]']],
  ])('%s', (_what, change, expected) => {
    expect(paths(edited(change))).toEqual(expected);
  });

  it('are each still told when the other is mended: nothing is made up', () => {
    const breaks: ((d: ReturnType<typeof good>) => void)[] = [
      (d) => (d.listeners[0]!['port'] = 0),
      (d) => (d.listeners[0]!['host'] = 'nowhere'),
      (d) => (d.listeners[1]!['port'] = 8080),
      (d) => (d.listeners[1]!['protocol'] = 'https'),
      (d) => (d.listeners[1]!['protocol'] = 7),
      (d) => (d.listeners[1]!['pool'] = 'none'),
      (d) => (d.listeners[1]!['id'] = 'web'),
      (d) => (d.pools[0]!['id'] = ''),
      (d) => (d.pools[0]!['stickiness'] = { type: 'cookie' }),
      (d) => (d.pools[0]!['proxyProtocol'] = 'v2'),
      (d) => (d.pools[0]!['healthCheck'] = { type: 'http_body', intervalMs: 1, timeoutMs: 5000 }),
      (d) => (d.pools[0]!['healthCheck'] = { type: 'http_body', intervalMs: 1000, timeoutMs: 5000 }),
      (d) => ((d.pools[0]!['nodes'] as unknown[])[0] = { id: 'a', address: '127.0.0.1:8081' }),
      (d) => ((d.pools[0]!['nodes'] as unknown[])[0] = { id: 'a', address: 'x', tls: { caFile: 'a', caPem: 'b' } }),
      (d) => Object.assign(d, { certificates: [{ id: 'c' }], extra: 1 }),
    ];
    fc.assert(
      fc.property(
        fc.subarray(
          breaks.map((_, i) => i),
          { minLength: 1, maxLength: 5 },
        ),
        (chosen) => {
          const document = good();
          for (const i of chosen) breaks[i]!(document);
          const all = paths(document);
          // Each mistake between fields must also be there once every wrong field is mended in whatever way it was broken alone.
          for (const path of all) {
            const alone = breaks.some((_, i) => chosen.includes(i) && paths(edited(breaks[i]!)).includes(path));
            const together = chosen.some((a) => chosen.some((b) => paths(edited((d) => (breaks[a]!(d), breaks[b]!(d)))).includes(path)));
            expect(alone || together, `${path} of ${JSON.stringify(document)}`).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
