import { describe, expect, it } from 'vitest';

interface Lock {
  packages: Record<string, object>;
}
// The bootstrap scripts are plain JavaScript, without declarations.
const script = new URL('../../../scripts/lib/install.mjs', import.meta.url).href;
const { installMatches } = (await import(script)) as { installMatches(lock: Lock, installed: Lock): boolean };

const entry = (version: string, more: object = {}) => ({ version, integrity: `sha512-${version}`, ...more });
const lock = (packages: object): Lock => ({ packages: { '': {}, ...packages } });
const installed = (packages: object): Lock => ({ packages: { ...packages } });

describe('whether what is installed is what the lock file names', () => {
  const wanted = lock({ 'node_modules/a': entry('1.0.0'), 'node_modules/b-win': entry('2.0.0', { optional: true }) });

  it('is so without the optional packages of other platforms', () => {
    expect(installMatches(wanted, installed({ 'node_modules/a': entry('1.0.0') }))).toBe(true);
  });

  it.each([
    ['another version', { 'node_modules/a': entry('1.0.1') }],
    ['the same version of other content', { 'node_modules/a': { ...entry('1.0.0'), integrity: 'sha512-x' } }],
    ['a package missing', {}],
    ['a package nobody asked for', { 'node_modules/a': entry('1.0.0'), 'node_modules/c': entry('1.0.0') }],
    ['an optional package of another version', { 'node_modules/a': entry('1.0.0'), 'node_modules/b-win': entry('2.1.0') }],
  ])('is not with %s', (_what, packages) => {
    expect(installMatches(wanted, installed(packages))).toBe(false);
  });
});
