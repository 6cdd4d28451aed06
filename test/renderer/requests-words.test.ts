import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curlCommand, shellQuote } from '../../renderer/features/requests/curl.ts';
import { filterChips, readStatus, toFilter, noFilter } from '../../renderer/features/requests/request-filter.ts';
import {
  candidatesOf,
  clockMs,
  recordedWords,
  samplingWords,
  statusWords,
  tookParts,
  verdictWords,
  whyHeadline,
} from '../../renderer/features/requests/request-words.ts';
import { phasesOf } from '../../renderer/features/requests/timing.ts';
import type { RequestRecord } from '../../shared/model/metrics.ts';
import { verdicts } from '../../shared/model/verdicts.ts';

const names: Record<string, string> = { a: 'api-1', b: 'api-2', c: 'api-3' };
const nameOf = (id: string) => names[id] ?? id;
const record = (part: Partial<RequestRecord>): RequestRecord => ({
  seq: 1,
  time: 0,
  listener: 'web',
  pool: 'web',
  client: '10.0.0.1',
  method: 'GET',
  path: '/',
  status: 200,
  durationMs: 5,
  node: 'a',
  retries: 0,
  phases: null,
  reused: null,
  why: [],
  ...part,
});

describe('why this node', () => {
  it('has a short word and a sentence for every verdict there is', () => {
    const all = verdicts.map((verdict) => verdictWords(verdict, 'chosen:turn'));
    for (const { short, long } of all) {
      expect(short).toMatch(/^[a-z ]{4,14}$/);
      expect(long).toMatch(/^[A-Z].{15,}\.$/);
    }
    expect(new Set(all.map(({ long }) => long)).size).toBe(all.length);
  });

  it('says why somebody was passed over by how the winner was chosen', () => {
    expect(verdictWords('not-turn', 'chosen:turn').long).toBe('It could have served; it was not its turn.');
    expect(verdictWords('not-turn', 'chosen:least').long).toBe('It could have served; it had more connections for its weight.');
    expect(verdictWords('not-turn', 'chosen:retry').long).toBe('It could have served; another was picked.');
    expect(verdictWords('not-turn', undefined).long).toBe('It could have served; another was picked.');
    expect(verdictWords('not-sticky', 'chosen:pinned').long).toBe('The client is pinned elsewhere.');
  });

  it('puts the winner first, then who was tried, then the others in their order', () => {
    const candidates = candidatesOf({
      why: [
        { node: 'a', verdict: 'down' },
        { node: 'b', verdict: 'tried' },
        { node: 'c', verdict: 'chosen:retry' },
        { node: 'd', verdict: 'not-turn' },
      ],
    });
    expect(candidates.map(({ node, won, short }) => [node, won, short])).toEqual([
      ['c', true, 'chosen'],
      ['b', false, 'tried first'],
      ['a', false, 'down'],
      ['d', false, 'passed over'],
    ]);
  });

  it('answers in a sentence', () => {
    const turn = record({ why: [{ node: 'a', verdict: 'chosen:turn' }] });
    expect(whyHeadline(turn, nameOf)).toEqual(['api-1.', 'It was its turn in the weighted rotation.']);
    const second = record({
      node: 'a',
      retries: 2,
      why: [
        { node: 'a', verdict: 'chosen:retry' },
        { node: 'b', verdict: 'tried' },
        { node: 'c', verdict: 'tried' },
      ],
    });
    expect(whyHeadline(second, nameOf)).toEqual(['api-1, on the third try.', 'api-2 and api-3 were tried first and failed.']);
    const nobody = record({ node: null, status: 503, why: [{ node: 'b', verdict: 'down' }] });
    expect(whyHeadline(nobody, nameOf)).toEqual(['No node could take it.', '']);
    expect(whyHeadline(record({ node: null }), nameOf)[0]).toBe('No node was asked.');
  });
});

it('numbers, times and sampling are said with what they are', () => {
  expect(samplingWords({ every: 1, errorsEvery: 1, seen: 5, recorded: 5 })).toBe('every request recorded');
  expect(samplingWords({ every: 1, errorsEvery: 1, seen: 15_429, recorded: 14_037 })).toBe('every request recorded now');
  expect(samplingWords({ every: 7, errorsEvery: 1, seen: 50, recorded: 8 })).toBe('1 in 7 recorded, every error');
  expect(samplingWords({ every: 70, errorsEvery: 3, seen: 50, recorded: 8 })).toBe('1 in 70 recorded, of errors 1 in 3');
  expect([tookParts(2.34), tookParts(538), tookParts(12_340), tookParts(240_000)]).toEqual([
    ['2.3', 'ms'],
    ['538', 'ms'],
    ['12.3', 's'],
    ['4 min', ''],
  ]);
  expect(clockMs(new Date(2026, 0, 1, 14, 3, 7, 9).getTime())).toBe('14:03:07.009');
  expect([statusWords(0), statusWords(404), statusWords(502), statusWords(0, true)]).toEqual([
    'no answer reached the client',
    'client error',
    'server error',
    'a tcp session has no status',
  ]);
});

it('the foot of the log never contradicts the badge', () => {
  expect(recordedWords({ every: 1, errorsEvery: 1, seen: 5_319, recorded: 5_318 })).toBe('5,319 requests');
  expect(recordedWords({ every: 1, errorsEvery: 1, seen: 1, recorded: 0 })).toBe('1 request');
  expect(recordedWords({ every: 1, errorsEvery: 1, seen: 15_429, recorded: 14_037 })).toBe(
    '14,037 of 15,429 requests recorded, fewer while there were many a second',
  );
});

it('a status filter is a class, a code or none', () => {
  expect([readStatus('5xx'), readStatus(' 5 '), readStatus('404'), readStatus('NONE'), readStatus('')]).toEqual([
    { statusClass: 5 },
    { statusClass: 5 },
    { status: 404 },
    { statusClass: 0 },
    {},
  ]);
  for (const bad of ['0xx', '40', '4x', '4040', 'ok', '5xx7']) expect(readStatus(bad)).toBeNull();
  expect(toFilter(noFilter)).toEqual({});
  expect(
    toFilter({ path: ' /api ', status: 'x', method: 'GET', client: '10.', node: '["web","a"]', place: 'listener:web', retried: true }),
  ).toEqual({
    path: '/api',
    method: 'GET',
    client: '10.',
    pool: 'web',
    node: 'a',
    listener: 'web',
    retried: true,
  });
});

describe('curl', () => {
  const web = { address: '127.0.0.1:8080', protocol: 'http' } as const;
  const of = (method: string, path: string, listener: Parameters<typeof curlCommand>[1] = web) => curlCommand({ method, path }, listener);

  it('sends the same method and target to the listener', () => {
    expect(of('GET', '/a')).toBe('curl -g --path-as-is http://127.0.0.1:8080/a');
    expect(of('GET', '/a?b=1&c=[2]')).toBe("curl -g --path-as-is 'http://127.0.0.1:8080/a?b=1&c=[2]'");
    expect(of('HEAD', '/', { address: '0.0.0.0:80', protocol: 'https' })).toBe('curl -g --path-as-is --head https://127.0.0.1:80/');
    expect(of('POST', '/', { address: '[::]:80', protocol: 'http' })).toBe("curl -g --path-as-is --request POST 'http://[::1]:80/'");
    expect(of('OPTIONS', '*')).toBe("curl -g --path-as-is --request OPTIONS --request-target '*' http://127.0.0.1:8080/");
  });

  it('is not made of what was not kept', () => {
    expect(of('', '')).toBeNull();
    expect(of('GET', '/', { address: '127.0.0.1:1', protocol: 'tcp' })).toBeNull();
    expect(of('GET', `/${'x'.repeat(2_046)}…`)).toBeNull();
  });

  // A property of the shell itself: it reads back every word as it was, and runs nothing.
  it.skipIf(process.platform === 'win32')('quotes whatever a client may have sent, so that a shell reads it back', () => {
    const nasty = [
      "'",
      '"',
      '`id`',
      '$(id)',
      '$HOME',
      '\\',
      '\n',
      '!',
      ';',
      '|',
      '&',
      '*',
      '~',
      ' ',
      '#',
      '-x',
      '{a,b}',
      '\u0007',
      'é',
      '😀',
      '--',
      '',
    ];
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '')),
      fc.array(fc.constantFrom(...nasty), { maxLength: 6 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
        const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`;
        const read = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: {} }).split('\0').slice(0, -1);
        expect(read).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });

  it.skipIf(process.platform === 'win32')('is one command whose words are what was meant', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\/[!-~]{0,30}$/), fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/), (path, method) => {
        const command = of(method, path)!;
        const words = execFileSync('/bin/sh', ['-c', `${command.replace(/^curl/, "printf '%s\\0'")}`], { encoding: 'utf8', env: {} }).split(
          '\0',
        );
        const target = path.includes('#')
          ? words[words.indexOf('--request-target') + 1]
          : words.at(-2)!.replace('http://127.0.0.1:8080', '');
        expect(target).toBe(path);
        if (method !== 'GET' && method !== 'HEAD') expect(words[words.indexOf('--request') + 1]).toBe(method);
      }),
      { numRuns: 40 },
    );
  });
});

describe('where the time went', () => {
  const pieces = (part: Partial<RequestRecord>, isTcp = false) =>
    phasesOf(record(part), isTcp).map(({ kind, startMs, ms }) => [kind, startMs, ms]);

  it('is told in pieces that follow one another and add up to the whole', () => {
    const phases = { queuedMs: 10, triedMs: 500, connectMs: 2, firstByteMs: 530 };
    expect(pieces({ durationMs: 538, phases })).toEqual([
      ['waited', 0, 10],
      ['tried', 10, 500],
      ['connect', 510, 2],
      ['node', 512, 18],
      ['body', 530, 8],
    ]);
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.nat(50),
        fc.option(fc.nat(50)),
        fc.option(fc.nat(300)),
        fc.nat(300),
        fc.boolean(),
        (q, t, c, f, d, tcp) => {
          const all = phasesOf({ durationMs: d, phases: { queuedMs: q, triedMs: t, connectMs: c, firstByteMs: f } }, tcp);
          let at = 0;
          for (const { startMs, ms } of all) {
            expect(startMs).toBe(at);
            at += ms;
          }
          expect(at).toBe(d);
        },
      ),
    );
  });

  it('says that a connection was kept, that no answer came, and nothing where nobody was asked', () => {
    expect(pieces({ phases: { queuedMs: 0, triedMs: 0, connectMs: 0, firstByteMs: 3 } })[0]).toEqual(['connect', 0, 0]);
    expect(pieces({ phases: { queuedMs: 0, triedMs: 0, connectMs: 1, firstByteMs: null } })).toEqual([
      ['connect', 0, 1],
      ['unanswered', 1, 4],
    ]);
    expect(pieces({ phases: { queuedMs: 0, triedMs: 0, connectMs: 1, firstByteMs: null } }, true)[1]).toEqual(['open', 1, 4]);
    expect(pieces({ phases: null })).toEqual([]);
  });
});

it('what is filtered by is said, and each taken off by itself', () => {
  const pools = [{ id: 'web', name: 'Web', nodes: [] }];
  const fields = { path: ' /api ', status: '5xx', method: 'GET', client: '4f2a', node: '["web","n1"]', place: 'pool:web', retried: true };
  const chips = filterChips(fields, pools, []);
  expect(chips.map(({ words }) => words)).toEqual([
    'path has /api',
    'GET',
    'status 5xx',
    'node n1',
    'pool Web',
    'client has 4f2a',
    'retried',
  ]);
  expect(Object.assign({ ...fields }, ...chips.map(({ without }) => without))).toEqual(noFilter);
  expect(filterChips({ ...noFilter, status: '5y' }, pools, [])).toEqual([]);
});
