import { afterEach, describe, expect, it, vi } from 'vitest';
import { isSafeFeed } from '../../../electron/main/updates/update-way.ts';

const { default: builderConfig } = (await import(new URL('../../../scripts/update-feed.mjs', import.meta.url).href)) as {
  default: () => unknown;
};
const packedWith = (address: string): unknown => {
  vi.stubEnv('EVENKEEL_UPDATE_URL', address);
  return builderConfig();
};

describe('the feed a package is made with', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  // null, not undefined: electron-builder would look for one in the repository and in tokens of the environment.
  it('is none when none is given', () => {
    expect(packedWith('')).toEqual({ publish: null });
  });

  it.each(['https://updates.example/evenkeel', 'http://127.0.0.1:8000/', 'http://[::1]:8000/'])(
    'is %s, and programs take it too',
    (address) => {
      expect(packedWith(address)).toEqual({ publish: { provider: 'generic', url: address } });
      expect(isSafeFeed(address)).toBe(true);
    },
  );

  it.each([
    ['updates.example', 'is no address'],
    ['http://updates.example/', 'is not https'],
    ['http://127.0.0.1.example/', 'is not https'],
    ['file:///srv/updates', 'is not https'],
    ['https://me:word@updates.example/', 'a user or a password'],
    ['https://updates.example/?token=1', 'a query or a fragment'],
  ])('is refused as %s', (address, words) => {
    expect(() => packedWith(address)).toThrow(words);
  });
});
