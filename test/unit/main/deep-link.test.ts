import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkScreens, screenOfLink, timelineAt } from '../../../electron/main/deep-link.ts';
import { parseRoute, screenIds } from '../../../renderer/app/router.ts';
import { parseConfig } from '../../../shared/model/validate.ts';

const known = parseConfig({
  version: 1,
  listeners: [{ id: 'front', port: 8080, protocol: 'http', pool: 'web' }],
  pools: [{ id: 'web', nodes: [{ id: 'a', address: '127.0.0.1:1' }] }],
}).config!;
const screenOf = (link: string) => screenOfLink(link, known);

describe('a deep link', () => {
  it.each([
    ['evenkeel://live', '#/live'],
    ['evenkeel://live/', '#/live'],
    ['evenkeel://pools/web', '#/pools/web'],
    ['evenkeel://listeners/front', '#/listeners/front'],
    ['evenkeel://live/node/web/a', '#/live/node/web/a'],
    ['evenkeel://live/listener/front', '#/live/listener/front'],
  ])('%s shows %s', (link, hash) => {
    expect(screenOf(link)).toBe(hash);
  });

  it('may name a moment of the timeline', () => {
    expect(screenOf('evenkeel://timeline?at=1700000000000')).toBe('#/timeline?from=1699999940000&to=1700000060000&at=1700000000000');
  });

  it.each([
    // Things that are not configured, and screens that begin a change.
    'evenkeel://pools/other',
    'evenkeel://pools/new',
    'evenkeel://listeners/new',
    'evenkeel://certificates/import',
    'evenkeel://live/node/web/b',
    'evenkeel://live/node/front/a',
    'evenkeel://design',
    'evenkeel://settings/reset',
    // Not our scheme, or not its form.
    'https://pools/web',
    'Evenkeel://pools/web',
    'evenkeel:pools/web',
    'evenkeel:///pools/web',
    'evenkeel://user@pools/web',
    'evenkeel://pools:80/web',
    'evenkeel://POOLS/web',
    'evenkeel://pools//web',
    'evenkeel://pools/../settings',
    'evenkeel://pools/%2e%2e/settings',
    'evenkeel://pools/web%2f..',
    'evenkeel://pools/web\\..\\settings',
    'evenkeel://pools/web#/settings',
    'evenkeel://pools/web?mode=reject',
    'evenkeel://pools/web?at=1700000000000',
    'evenkeel://timeline?at=1',
    'evenkeel://timeline?at=-1700000000000',
    'evenkeel://timeline?at=1700000000000&run=x',
    'evenkeel://timeline?at=17000000000001e9',
    'evenkeel://live?javascript:alert(1)',
    'evenkeel://live\n#/settings',
    'evenkeel://live\0',
    ' evenkeel://live',
    'evenkeel://pools/__proto__',
    'evenkeel://pools/constructor',
    `evenkeel://pools/${'a'.repeat(400)}`,
    'evenkeel://',
    '',
  ])('%j leads nowhere', (link) => {
    expect(screenOf(link)).toBeUndefined();
  });

  it('only ever leads to a screen of the window that is known to it', () => {
    const piece = fc.constantFrom(
      'pools',
      'web',
      'live',
      'node',
      'a',
      '..',
      '%2f',
      '#',
      '?',
      '&',
      '=',
      'at',
      '1700000000000',
      '\\',
      ' ',
      'new',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 6 }),
        fc.constantFrom('/', '', '?'),
        (parts, glue) => {
          const hash = screenOf(`evenkeel://${parts.join(glue)}`);
          if (hash === undefined) return;
          expect(hash).toMatch(/^#\/[a-z]+(\/[A-Za-z0-9._-]+)*(\?from=\d+&to=\d+&at=\d+)?$/);
          expect(linkScreens).toContain(parseRoute(hash).screen);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('knows the screens the window has', () => {
    expect([...linkScreens, 'design'].sort()).toEqual([...screenIds].sort());
  });

  it('never asks for a stretch of the future', () => {
    expect(timelineAt(1_000_000, 1_005_000)).toBe('#/timeline?from=940000&to=1005000&at=1000000');
    expect(timelineAt(1_000_000, 999_000)).toBe('#/timeline?from=940000&to=1000001&at=1000000');
  });
});
