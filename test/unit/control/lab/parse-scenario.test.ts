import { describe, expect, test } from 'vitest';
import { parseScenario } from '../../../../electron/control/lab/parse-scenario.ts';
import { shippedScenarios } from '../../../../electron/control/lab/shipped-scenarios.ts';

const least = { version: 1, id: 'x', name: 'X', durationMs: 5000, steps: [] };
const said = (raw: unknown) => parseScenario(raw).issues.map(({ path, message }) => `${path}: ${message}`);

test('the least there can be gets every default', () => {
  expect(parseScenario(least).scenario).toEqual({
    ...least,
    ...{ description: '', nodes: 3, modes: {}, pool: {}, clients: {}, warmUpMs: 3000, expect: [] },
  });
});

test('what comes with Evenkeel is valid, differs in name, lasts 15 to 40 s and expects something', () => {
  expect(new Set(shippedScenarios.map(({ id }) => id)).size).toBe(6);
  for (const scenario of shippedScenarios) {
    expect(said(scenario)).toEqual([]);
    const lasts = scenario.warmUpMs + scenario.durationMs;
    expect([scenario.id, lasts >= 15_000 && lasts <= 40_000, scenario.expect.length > 0]).toEqual([scenario.id, true, true]);
  }
});

describe('every mistake is named, with its path', () => {
  test.each<[string, unknown, string[]]>([
    ['not an object', 7, [': must be an object with version, id, name, durationMs and steps, got 7']],
    [
      'nothing in it',
      {},
      ['version: is required', 'id: is required', 'name: is required', 'durationMs: is required', 'steps: is required'],
    ],
    ['another version', { ...least, version: 2 }, ['version: must be 1, got 2']],
    ['a mistyped key', { ...least, step: [] }, ['step: unknown key, did you mean "steps"?']],
    ['a value of another type', { ...least, nodes: 'three' }, ['nodes: must be a number, got "three"']],
    ['a value out of range', { ...least, nodes: 9 }, ['nodes: must be at most 8, got 9']],
    [
      'an unknown step',
      { ...least, steps: [{ atMs: 1, do: 'fualt', node: 'a' }] },
      ['steps[0].do: must be one of fault, heal, mode, weight, clients, pool, got "fualt"'],
    ],
    ['a step that is no object', { ...least, steps: [5] }, ['steps[0]: must be an object, got 5']],
    [
      'a mistyped key in a fault',
      { ...least, steps: [{ atMs: 1, do: 'fault', node: 'a', fault: { type: 'slow', medianMs: 5, p95ms: 9 } }] },
      ['steps[0].fault.p95Ms: is required', 'steps[0].fault.p95ms: unknown key, did you mean "p95Ms"?'],
    ],
    [
      'a tail below the middle',
      { ...least, steps: [{ atMs: 1, do: 'fault', node: 'a', fault: { type: 'slow', medianMs: 50, p95Ms: 9 } }] },
      ['steps[0].fault.p95Ms: must be at least medianMs'],
    ],
    [
      'a mistyped key of clients',
      { ...least, steps: [{ atMs: 1, do: 'clients', clients: { cuont: 4 } }] },
      ['steps[0].clients.cuont: unknown key, did you mean "count"?'],
    ],
    [
      'nodes that are not there',
      {
        ...least,
        nodes: 2,
        modes: { z: 'drain' },
        steps: [{ atMs: 1, do: 'heal', node: 'api-2' }],
        expect: [{ what: 'detect', node: 'c', maxMs: 1 }],
      },
      [
        'modes.z: no demo node has the id "z" (there are a, b)',
        'steps[0].node: no demo node has the id "api-2" (there are a, b), did you mean "b"?',
        'expect[0].node: no demo node has the id "c" (there are a, b)',
      ],
    ],
    [
      'times beyond the end, and steps out of order',
      {
        ...least,
        steps: [
          { atMs: 6000, do: 'heal', node: 'a' },
          { atMs: 5, do: 'heal', node: 'a' },
        ],
      },
      [
        'steps[0].atMs: must be within durationMs (5000), got 6000',
        'steps[1].atMs: must not be before the step above it (6000); steps stand in the order in which they are taken, got 5',
      ],
    ],
    [
      'expectations that cannot be judged',
      {
        ...least,
        expect: [
          { what: 'state', node: 'a', state: 'down', atMs: 4000, withinMs: 3000 },
          { what: 'moved' },
          { what: 'p99', maxMs: 5, fromMs: 4000, untilMs: 2000 },
          { what: 'share', node: 'a', min: 0.5, max: 0.2 },
        ],
      },
      [
        'expect[0].withinMs: must end with the run: atMs and withinMs together at most 5000, got 7000',
        'expect[1]: must say min, max or both',
        'expect[2].untilMs: must be after fromMs (4000), got 2000',
        'expect[3].max: must be at least min (0.5), got 0.2',
      ],
    ],
    [
      'options of the pool, as a configuration names them',
      { ...least, pool: { nodes: [], healthChek: {}, healthCheck: { intervalMs: 100 } } },
      [
        'pool.nodes: are the Lab’s own; say how many with the scenario’s "nodes"',
        'pool.healthCheck.intervalMs: must be 500–3600000, got 100',
        'pool.healthChek: unknown key, did you mean "healthCheck"?',
      ],
    ],
  ])('%s', (_what, raw, expected) => {
    expect(said(raw)).toEqual(expected);
  });

  test('options of the pool are checked over the demo’s and the steps before, each mistake where it is made', () => {
    const steps = [
      { atMs: 1, do: 'pool', pool: { healthCheck: { timeoutMs: 900 } } },
      { atMs: 2, do: 'pool', pool: { healthCheck: { intervalMs: 800 } } },
      { atMs: 3, do: 'pool', pool: { retries: 3 } },
    ];
    expect(said({ ...least, steps })).toEqual(['steps[1].pool.healthCheck.timeoutMs: must be below intervalMs (800), got 900']);
  });
});
