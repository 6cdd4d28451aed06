import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcements } from '../../../electron/main/announcements.ts';

const system = vi.hoisted(() => ({ shown: [] as EventEmitter[], logged: [] as unknown[][] }));
vi.mock('../../../electron/main/log.ts', () => ({ log: (...args: unknown[]) => system.logged.push(args) }));
vi.mock('electron', () => ({
  Notification: class extends EventEmitter {
    static isSupported = () => true;
    show() {
      system.shown.push(this);
    }
  },
}));

let announcements: Announcements;
let clicks: number;
const show = (title = 'one is down') => {
  announcements.show({ title, body: 'No answer.' }, () => clicks++);
  return system.shown.at(-1)!;
};
beforeEach(() => {
  Object.assign(system, { shown: [], logged: [] });
  announcements = new Announcements();
  clicks = 0;
});

describe('an announcement', () => {
  it('is held until it is clicked or closed', () => {
    const first = show();
    const second = show();
    expect(announcements.held).toBe(2);
    first.emit('click', {});
    second.emit('close', { reason: 'userCanceled' });
    expect([clicks, announcements.held]).toEqual([1, 0]);
  });

  it('is held when Windows moves it from the screen to its list, where it can be clicked', () => {
    const shown = show();
    shown.emit('close', { reason: 'timedOut' });
    expect(announcements.held).toBe(1);
    shown.emit('click', {});
    expect([clicks, announcements.held]).toEqual([1, 0]);
  });

  it('is let go, and said in the log, when the system did not show it', () => {
    show().emit('failed', {}, 'the setting is off');
    expect(announcements.held).toBe(0);
    expect(system.logged).toEqual([
      ['warn', 'The system did not show an announcement.', { title: 'one is down', detail: 'the setting is off' }],
    ]);
  });

  it('is let go when many newer ones followed', () => {
    for (let i = 0; i < 200; i++) show(String(i)).emit('close', { reason: 'timedOut' });
    expect(announcements.held).toBe(50);
  });
});
