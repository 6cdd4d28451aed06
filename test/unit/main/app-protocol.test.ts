import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fileFor, serveAppFile } from '../../../electron/main/app-protocol.ts';

vi.mock('electron', () => ({ protocol: {} }));

describe('the file an app:// address names', () => {
  const at = (url: string) => fileFor(url, '/screens');

  it('is a plain path inside the folder', () => {
    expect(at('app://evenkeel/')).toBe(path.join('/screens', 'index.html'));
    expect(at('app://evenkeel/assets/a.js?x=1#y')).toBe(path.join('/screens', 'assets', 'a.js'));
  });

  it.each([
    'app://other/index.html',
    'https://evenkeel/index.html',
    'app://evenkeel/%2e%2e%2fmain/index.js',
    'app://evenkeel/..%2fmain',
    'app://evenkeel/..%5cmain',
    'app://evenkeel/a%00.js',
    'app://evenkeel/C:%2fWindows',
    'app://evenkeel/.hidden',
    'app://evenkeel/%',
    'nonsense',
  ])('is none for %s', (url) => {
    expect(at(url)).toBeUndefined();
  });
});

describe('serving', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-app-protocol-'));
    mkdirSync(path.join(folder, 'screens'));
    writeFileSync(path.join(folder, 'screens', 'index.html'), '<p>hello');
    writeFileSync(path.join(folder, 'screens', 'program.exe'), 'x');
    writeFileSync(path.join(folder, 'secret.txt'), 'secret');
    symlinkSync(path.join(folder, 'secret.txt'), path.join(folder, 'screens', 'link.txt'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const serve = (url: string, method = 'GET') => serveAppFile(new Request(url, { method }), path.join(folder, 'screens'));

  it('answers with the type and a policy without exceptions for scripts', async () => {
    const response = await serve('app://evenkeel/');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<p>hello');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/script-src 'self';/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('says nothing about links out of the folder, unknown types and files that are not there', async () => {
    for (const name of ['link.txt', 'program.exe', 'gone.js']) expect((await serve(`app://evenkeel/${name}`)).status).toBe(404);
  });

  it('takes no other methods', async () => {
    expect((await serve('app://evenkeel/', 'POST')).status).toBe(405);
  });
});
