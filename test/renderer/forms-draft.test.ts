import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/model/validate.ts';
import type { Config } from '../../shared/model/config.ts';
import {
  detection,
  freeId,
  getAt,
  newListener,
  newNode,
  newPool,
  presetOf,
  presets,
  readAddresses,
  sameJson,
  sayDuration,
  setAt,
  slug,
} from '../../renderer/stores/draft.ts';
import { fieldInfo } from '../../renderer/stores/draft-fields.ts';
import { rebase } from '../../renderer/stores/draft-rebase.ts';
import { countChanges, listChanges, sayChanges, sayIssue } from '../../renderer/stores/draft-words.ts';
import { readNumber, showNumber } from '../../renderer/ui/number-text.ts';

function sample(): Config {
  const result = parseConfig({
    version: 1,
    listeners: [{ id: 'web', name: 'Web', port: 8080, protocol: 'http', pool: 'web' }],
    pools: [
      {
        id: 'web',
        name: 'Web',
        healthCheck: { type: 'http', path: '/healthz', intervalMs: 10_000, timeoutMs: 3_000, attempts: 3, rise: 3 },
        nodes: ['a', 'b', 'c'].map((id, i) => ({ id, label: `api-${i + 1}`, address: `127.0.0.1:900${i + 1}` })),
      },
    ],
  });
  if (!result.config) throw new Error(JSON.stringify(result.issues));
  return result.config;
}

const set = (config: Config, path: (string | number)[], value: unknown) => setAt(config, path, value);
const words = (before: Config, after: Config) => sayChanges(listChanges(before, after));

describe('paths', () => {
  it('sets without touching what lies beside', () => {
    const config = sample();
    const next = set(config, ['pools', 0, 'nodes', 1, 'weight'], 200);
    expect(getAt(next, ['pools', 0, 'nodes', 1, 'weight'])).toBe(200);
    expect(config.pools[0]!.nodes[1]!.weight).toBe(100);
    expect(next.pools[0]!.nodes[0]).toBe(config.pools[0]!.nodes[0]);
    expect(next.listeners).toBe(config.listeners);
  });

  it('takes an optional key away with undefined', () => {
    expect('name' in set(sample(), ['pools', 0, 'name'], undefined).pools[0]!).toBe(false);
  });
});

describe('changes in words', () => {
  it('says what the design says', () => {
    const config = sample();
    let draft = set(config, ['pools', 0, 'healthCheck', 'intervalMs'], 5_000);
    draft = set(draft, ['pools', 0, 'healthCheck', 'attempts'], 2);
    draft = set(draft, ['pools', 0, 'nodes', 2, 'mode'], 'backup');
    const changes = listChanges(config, draft);
    expect(changes).toHaveLength(3);
    expect(countChanges(changes.length)).toBe('3 changes');
    expect(sayChanges(changes)).toBe('Interval 10 to 5 s, failures 3 to 2, api-3 to Backup');
    expect(changes.map((c) => c.path)).toEqual([
      'pools[0].healthCheck.intervalMs',
      'pools[0].healthCheck.attempts',
      'pools[0].nodes[2].mode',
    ]);
  });

  it.each<[string, (config: Config) => Config, string]>([
    ['weight', (c) => set(c, ['pools', 0, 'nodes', 1, 'weight'], 200), 'api-2 weight 100 to 200'],
    ['typed text that is no number', (c) => set(c, ['pools', 0, 'nodes', 1, 'weight'], 'x'), 'api-2 weight 100 to “x”'],
    ['address', (c) => set(c, ['pools', 0, 'nodes', 0, 'address'], 'web:80'), 'api-1 address to web:80'],
    ['label', (c) => set(c, ['pools', 0, 'nodes', 0, 'label'], 'one'), 'api-1 renamed one'],
    ['choice', (c) => set(c, ['pools', 0, 'algorithm'], 'leastconn'), 'Algorithm to Least connections'],
    ['flag', (c) => set(c, ['pools', 0, 'keepLastNode'], true), 'Keeping the last node on'],
    ['stickiness time in minutes', (c) => set(c, ['pools', 0, 'stickiness', 'ttlMs'], 60_000), 'Stickiness lasts 30 to 1 min'],
    ['node removed', (c) => set(c, ['pools', 0, 'nodes'], c.pools[0]!.nodes.slice(1)), 'api-1 removed'],
    ['node added', (c) => set(c, ['pools', 0, 'nodes', 3], newNode('10.0.0.1:80', ['a', 'b', 'c'])), 'node-4 added'],
    ['pool added', (c) => set(c, ['pools', 1], newPool('Second', ['web'])), 'Pool Second added'],
    ['listener removed', (c) => set(c, ['listeners'], []), 'Listener Web removed'],
    ['pool renamed', (c) => set(c, ['pools', 0, 'name'], 'Site'), 'Pool Web renamed Site'],
    ['optional text cleared', (c) => set(c, ['pools', 0, 'healthCheck', 'host'], ''), ''],
  ])('%s', (_name, change, expected) => {
    const config = sample();
    expect(words(config, change(config))).toBe(expected);
  });

  it('names what a change belongs to only when there are several', () => {
    const config = set(sample(), ['pools', 1], newPool('Api', ['web']));
    let draft = set(config, ['pools', 0, 'retries'], 1);
    draft = set(draft, ['pools', 1, 'retries'], 3);
    expect(words(config, draft)).toBe('Web: retries 2 to 1, Api: retries 2 to 3');
  });

  it('finds no change in an equal copy', () => {
    expect(listChanges(sample(), sample())).toEqual([]);
  });
});

describe('mistakes in words', () => {
  const say = (path: (string | number)[], value: unknown) => parseConfig(set(sample(), path, value)).issues.map(sayIssue);
  it.each<[string, (string | number)[], unknown, string]>([
    ['too high', ['pools', 0, 'nodes', 1, 'weight'], 300, 'Weight must be 1 to 255. 300 is too high.'],
    ['too low', ['pools', 0, 'nodes', 1, 'weight'], 0, 'Weight must be 1 to 255. 0 is too low.'],
    ['not whole', ['pools', 0, 'nodes', 1, 'weight'], 1.5, 'Weight must be 1 to 255. 1.5 is not a whole number.'],
    ['no number', ['pools', 0, 'nodes', 1, 'weight'], 'abc', 'Weight must be 1 to 255. “abc” is not a number.'],
    ['empty', ['listeners', 0, 'port'], '', 'Port must be 1 to 65535. It is empty.'],
    ['seconds', ['pools', 0, 'healthCheck', 'intervalMs'], 100, 'Interval must be 0.5 to 3,600 s. 0.1 s is too low.'],
    ['pair', ['pools', 0, 'healthCheck', 'timeoutMs'], 10_000, 'Timeout must be below the interval, 10 s.'],
    ['address', ['pools', 0, 'nodes', 0, 'address'], 'web', 'Address must have a port: write web:80.'],
    ['path', ['pools', 0, 'healthCheck', 'path'], 'x', 'Path must be a path that starts with "/" and has no spaces.'],
    ['required', ['pools', 0, 'healthCheck', 'type'], 'http_body', 'Body must match is required when type is http_body.'],
    [
      'loop',
      ['pools', 0, 'nodes', 0, 'address'],
      '127.0.0.1:8080',
      'Address leads back to listener "web" (127.0.0.1:8080), which would loop.',
    ],
  ])('%s', (_name, path, value, expected) => {
    expect(say(path, value)).toEqual([expected]);
  });
});

describe('numbers and their units', () => {
  it.each([
    ['5', 1000, 5000],
    ['0.5', 1000, 500],
    ['0,5', 1000, 500],
    ['1.', 1000, 1000],
    ['30', 60_000, 1_800_000],
    ['', 1000, ''],
    ['abc', 1, 'abc'],
    ['1e3', 1, '1e3'],
    ['-1', 1, -1],
  ])('%s at %d is %s', (text, scale, expected) => {
    expect(readNumber(text, scale)).toBe(expected);
  });

  it('shows what it reads, for every duration of whole milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 604_800_000 }), fc.constantFrom(1, 1000, 60_000), (value, scale) => {
        expect(readNumber(showNumber(value, scale), scale)).toBe(value);
      }),
    );
  });

  it('edits every duration of the model in a larger unit', () => {
    expect(fieldInfo('pools[0].timeouts.connectMs')).toMatchObject({ unit: 's', scale: 1000 });
    expect(fieldInfo('listeners[0].timeouts.tunnelIdleMs')).toMatchObject({ unit: 's', scale: 1000 });
  });
});

describe('presets', () => {
  it('are recognised by their times', () => {
    for (const preset of presets) expect(presetOf(preset.check)).toBe(preset.id);
    expect(presetOf({ intervalMs: 5_000, timeoutMs: 3_000, attempts: 2 })).toBe('custom');
  });

  it('say how long a dead node takes to be noticed', () => {
    const check = { type: 'http' as const, intervalMs: 5_000, timeoutMs: 3_000, attempts: 2 };
    expect(detection(check)).toEqual({ totalMs: 13_000, checksAtMs: [5_000, 10_000] });
    expect(detection({ ...check, type: 'none' })).toBeNull();
    expect(detection({ ...check, attempts: 'x' as unknown as number })).toBeNull();
    expect([13_000, 2_500, 75_000, 3_660_000, 3_600_000].map(sayDuration)).toEqual(['13 s', '2.5 s', '1 min 15 s', '1 h 1 min', '1 h']);
  });
});

describe('addresses as people paste them', () => {
  it('reads ports, addresses and URLs, once each', () => {
    expect(readAddresses('3000, :3001\nlocalhost:3002 3000 https://web.test http://10.0.0.1:81/x [::1]:80')).toEqual({
      addresses: [
        { address: '127.0.0.1:3000', tls: false },
        { address: '127.0.0.1:3001', tls: false },
        { address: 'localhost:3002', tls: false },
        { address: 'web.test:443', tls: true },
        { address: '10.0.0.1:81', tls: false },
        { address: '[::1]:80', tls: false },
      ],
      rejected: [],
    });
  });

  it('says what cannot be used', () => {
    expect(readAddresses('web 99999').rejected).toEqual([
      { text: 'web', why: 'must have a port: write web:80' },
      { text: '99999', why: 'must have a port from 1 to 65535, got 99999' },
    ]);
  });
});

describe('ids', () => {
  it('come from names and stay free', () => {
    expect(slug('Grüße an Köln!')).toBe('gru-e-an-koln');
    expect(slug('***')).toBe('');
    expect(freeId('web', ['web', 'web-2'])).toBe('web-3');
    expect(newNode('a:1', ['node-1', 'node-3']).id).toBe('node-4');
    expect(newPool('', ['pool']).id).toBe('pool-2');
  });

  it('make things the schema takes', () => {
    const pool = { ...newPool('Web', []), nodes: [newNode('127.0.0.1:3000', [])] };
    const listener = newListener('Web', 8080, 'http', pool.id, []);
    expect(parseConfig({ version: 1, listeners: [listener], pools: [pool], certificates: [] }).issues).toEqual([]);
    expect(newPool('Db', [], 'tcp').stickiness.type).toBe('none');
  });
});

describe('re-basing', () => {
  const mode = ['pools', 0, 'nodes', 1, 'mode'];
  it('keeps what does not collide on top of theirs', () => {
    const base = sample();
    const mine = set(base, ['pools', 0, 'retries'], 4);
    const theirs = set(base, mode, 'drain');
    const { draft, collisions } = rebase(base, mine, theirs);
    expect(collisions).toEqual([]);
    expect(words(base, draft)).toBe('Retries 2 to 4, api-2 to Drain');
    expect(words(theirs, draft)).toBe('Retries 2 to 4');
  });

  it('lets theirs stand where both changed the same field, and names it', () => {
    const base = sample();
    const { draft, collisions } = rebase(base, set(base, mode, 'backup'), set(base, mode, 'drain'));
    expect(getAt(draft, mode)).toBe('drain');
    expect(collisions).toEqual(['pools[0].nodes[1].mode']);
  });

  it('keeps both additions and both removals', () => {
    const base = sample();
    const nodes = base.pools[0]!.nodes;
    const mine = set(base, ['pools', 0, 'nodes'], [nodes[1], nodes[2], newNode('10.0.0.1:1', ['a'])]);
    const theirs = set(base, ['pools', 0, 'nodes'], [nodes[0], nodes[1], newNode('10.0.0.2:2', ['a', 'b', 'c', 'd'])]);
    const { draft, collisions } = rebase(base, mine, theirs);
    expect(draft.pools[0]!.nodes.map((n) => n.id)).toEqual(['b', 'node-5', 'node-2']);
    expect(collisions).toEqual([]);
  });

  it('does not remove what the other changed', () => {
    const base = sample();
    const mine = set(base, ['pools', 0, 'nodes'], base.pools[0]!.nodes.slice(0, 1));
    const theirs = set(base, mode, 'drain');
    const { draft, collisions } = rebase(base, mine, theirs);
    expect(draft.pools[0]!.nodes.map((n) => n.id)).toEqual(['a', 'b']);
    expect(collisions).toEqual(['pools[0].nodes[1]']);
  });

  it('gives theirs for no changes of mine and mine for none of theirs', () => {
    const edits = fc.array(
      fc.record({
        node: fc.integer({ min: 0, max: 2 }),
        key: fc.constantFrom('weight', 'maxConnections'),
        value: fc.integer({ min: 1, max: 255 }),
      }),
    );
    const run = (list: { node: number; key: string; value: number }[]) =>
      list.reduce((config, e) => set(config, ['pools', 0, 'nodes', e.node, e.key], e.value), sample());
    fc.assert(
      fc.property(edits, edits, (a, b) => {
        const base = sample();
        const [mine, theirs] = [run(a), run(b)];
        expect(sameJson(rebase(base, base, theirs).draft, theirs)).toBe(true);
        expect(sameJson(rebase(base, mine, base).draft, mine)).toBe(true);
        expect(rebase(base, mine, mine)).toEqual({ draft: mine, collisions: [] });
        // Every leaf of the result is somebody's, and never the old one where just one of them changed it.
        const { draft } = rebase(base, mine, theirs);
        for (const n of [0, 1, 2] as const)
          for (const key of ['weight', 'maxConnections'] as const) {
            const [o, m, t, r] = [base, mine, theirs, draft].map((c) => c.pools[0]!.nodes[n]![key]);
            expect(r).toBe(t !== o ? t : m);
          }
      }),
    );
  });
});
