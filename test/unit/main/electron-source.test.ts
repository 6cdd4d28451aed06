import { expect, it, vi } from 'vitest';
import { electronSource } from '../../../electron/main/updates/electron-source.ts';

const updater = vi.hoisted(() => ({ installed: [] as boolean[][], lockLeft: 0 }));
vi.mock('electron', () => ({
  autoUpdater: {},
  app: { releaseSingleInstanceLock: () => updater.lockLeft++ },
}));
vi.mock('electron-updater', async () => {
  const { EventEmitter } = await import('node:events');
  class FakeUpdater extends EventEmitter {
    quitAndInstall(...how: boolean[]) {
      updater.installed.push(how);
    }
  }
  return { AppImageUpdater: FakeUpdater, MacUpdater: FakeUpdater, NsisUpdater: FakeUpdater };
});

it('installs without a question and starts what it installed: nobody balances until then', async () => {
  const source = await electronSource();
  void source.install();
  // Silently (the pages of the Windows installer would wait for somebody), and started again.
  expect(updater.installed).toEqual([[true, true]]);
  expect(updater.lockLeft).toBe(1);
});
