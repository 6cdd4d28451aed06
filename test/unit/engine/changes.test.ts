import { describe, expect, it } from 'vitest';
import { describeChanges } from '../../../electron/engine/changes.ts';
import { emptyConfig, type Config } from '../../../shared/model/config.ts';
import { parseConfig } from '../../../shared/model/validate.ts';

const pem = '-----BEGIN CERTIFICATE-----';

function config(
  change: (raw: {
    listeners: Record<string, unknown>[];
    pools: (Record<string, unknown> & { nodes: Record<string, unknown>[] })[];
    certificates: Record<string, unknown>[];
  }) => void = () => undefined,
): Config {
  const raw = {
    version: 1,
    listeners: [
      { id: 'web', port: 8080, protocol: 'http', pool: 'web' },
      { id: 'db', port: 8081, protocol: 'tcp', pool: 'db' },
    ] as Record<string, unknown>[],
    pools: [
      {
        id: 'web',
        nodes: [
          { id: 'a', address: '127.0.0.1:1' },
          { id: 'b', address: '127.0.0.1:2' },
        ] as Record<string, unknown>[],
      },
      { id: 'db', nodes: [{ id: 'a', address: '127.0.0.1:3' }] as Record<string, unknown>[] },
    ],
    certificates: [{ id: 'local', certPem: pem, keyPem: pem }] as Record<string, unknown>[],
  };
  change(raw);
  const { config: parsed, issues } = parseConfig(raw);
  if (!parsed) throw new Error(JSON.stringify(issues));
  return parsed;
}

describe('what changed', () => {
  it.each<[string, Parameters<typeof config>[0], string[]]>([
    ['nothing', () => undefined, []],
    ['a listener’s option', (c) => (c.listeners[0]!['maxHeaders'] = 7), ['listeners.web']],
    ['a deep option of a listener', (c) => (c.listeners[1]!['timeouts'] = { idleMs: 5000 }), ['listeners.db']],
    ['a pool’s option', (c) => (c.pools[0]!['algorithm'] = 'source'), ['pools.web']],
    ['a node’s option', (c) => (c.pools[0]!.nodes[1]!['weight'] = 3), ['pools.web.nodes.b']],
    ['the same node id in another pool', (c) => (c.pools[1]!.nodes[0]!['mode'] = 'drain'), ['pools.db.nodes.a']],
    ['a node more', (c) => c.pools[1]!.nodes.push({ id: 'n', address: '127.0.0.1:9' }), ['pools.db.nodes.n']],
    ['a node less', (c) => c.pools[0]!.nodes.pop(), ['pools.web.nodes.b']],
    ['a listener more', (c) => c.listeners.push({ id: 'n', port: 9, protocol: 'tcp', pool: 'db' }), ['listeners.n']],
    ['a listener less', (c) => c.listeners.pop(), ['listeners.db']],
    [
      'a pool more, with its nodes',
      (c) => c.pools.push({ id: 'n', nodes: [{ id: 'x', address: '127.0.0.1:9' }] }),
      ['pools.n', 'pools.n.nodes.x'],
    ],
    ['a certificate', (c) => (c.certificates[0]!['name'] = 'new'), ['certificates.local']],
    ['a default spelt out', (c) => (c.listeners[0]!['maxHeaders'] = 100), []],
  ])('%s', (_, change, expected) => {
    expect(describeChanges(config(), config(change)).sort()).toEqual(expected.sort());
  });

  it('from nothing, and to nothing', () => {
    const all = [
      'certificates.local',
      'listeners.db',
      'listeners.web',
      'pools.db',
      'pools.db.nodes.a',
      'pools.web',
      'pools.web.nodes.a',
      'pools.web.nodes.b',
    ];
    expect(describeChanges(emptyConfig, config()).sort()).toEqual(all);
    // A pool that goes takes its nodes with it.
    expect(describeChanges(config(), emptyConfig).sort()).toEqual(all.filter((name) => !name.includes('.nodes.')));
  });
});
