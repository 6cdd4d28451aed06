import { EventEmitter } from 'node:events';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { collectAsked } from '../../../electron/main/asked.ts';
import type { Asked } from '../../../electron/main/opened-things.ts';

const electron = vi.hoisted(() => ({ app: undefined as unknown as EventEmitter, registered: [] as unknown[][] }));
vi.mock('electron', () => ({
  get app() {
    return electron.app;
  },
}));

function start({ argv = ['evenkeel'] }: { argv?: string[] } = {}) {
  vi.spyOn(process, 'argv', 'get').mockReturnValue(argv);
  const asked = collectAsked();
  const answered: (readonly Asked[])[] = [];
  return { asked, answered, answer: () => asked.onAsked((things) => answered.push(things)) };
}

beforeEach(() => {
  electron.registered = [];
  electron.app = Object.assign(new EventEmitter(), {
    isPackaged: true,
    setAsDefaultProtocolClient: (...args: unknown[]) => electron.registered.push(args),
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('what the system asks for before anybody can answer', () => {
  it('waits: a file of the command line, a link, a second start', () => {
    const { answered, answer } = start({ argv: ['evenkeel', '/a/web.evenkeel.json'] });
    electron.app.emit('open-url', { preventDefault: () => undefined }, 'evenkeel://live');
    electron.app.emit('second-instance', {}, ['evenkeel', 'b.evenkeel'], '/b');
    answer();
    expect(answered).toEqual([
      [
        { kind: 'file', path: path.resolve('/a/web.evenkeel.json') },
        { kind: 'link', link: 'evenkeel://live' },
        { kind: 'file', path: path.resolve('/b/b.evenkeel') },
      ],
    ]);
  });

  it('is the window alone when a second start names nothing, which counts for a program that starts hidden', () => {
    const { answered, answer } = start();
    electron.app.emit('second-instance', {}, ['evenkeel'], '/');
    answer();
    expect(answered).toEqual([[]]);
  });

  it('is nothing when nobody asked', () => {
    const { answered, answer } = start();
    answer();
    expect(answered).toEqual([]);
    electron.app.emit('second-instance', {}, ['evenkeel'], '/');
    expect(answered).toEqual([[]]);
  });
});

describe('links', () => {
  it('come to the file that is there after this run, too', () => {
    vi.spyOn(process, 'execPath', 'get').mockReturnValue('C:\\Temp\\2x7\\Evenkeel.exe');
    vi.stubEnv('PORTABLE_EXECUTABLE_FILE', 'D:\\Evenkeel.exe');
    vi.stubEnv('PORTABLE_EXECUTABLE_APP_FILENAME', 'Evenkeel');
    start();
    expect(electron.registered).toEqual([['evenkeel', 'D:\\Evenkeel.exe']]);
  });

  it('are not taken by a development run', () => {
    Object.assign(electron.app, { isPackaged: false });
    start();
    expect(electron.registered).toEqual([]);
  });
});
