import { expect, it } from 'vitest';
import { refusalWords, refusedSwitches } from '../../../electron/main/refused-switches.ts';

const given =
  (...names: string[]) =>
  (name: string) =>
    names.includes(name);

it('refuses what undoes the hardening, and nothing else', () => {
  expect(refusedSwitches(given('remote-debugging-port', 'lang', 'js-flags'), 'linux')).toEqual(['remote-debugging-port', 'js-flags']);
  // Of use to whoever has a proxy, an odd display or an odd graphics card.
  expect(refusedSwitches(given('user-data-dir', 'proxy-server', 'ozone-platform', 'disable-gpu', 'password-store'), 'linux')).toEqual([]);
});

it('lets Chromium start without its sandbox only where it might not start otherwise', () => {
  expect(refusedSwitches(given('no-sandbox'), 'linux')).toEqual([]);
  expect(refusedSwitches(given('no-sandbox'), 'win32')).toEqual(['no-sandbox']);
  expect(refusedSwitches(given('no-sandbox'), 'darwin')).toEqual(['no-sandbox']);
});

it('says which, why, and what to do', () => {
  expect(refusalWords(['js-flags', 'gpu-launcher'])).toMatch(
    /^Evenkeel does not start with --js-flags, --gpu-launcher: .*protection.* Start it without/,
  );
});
