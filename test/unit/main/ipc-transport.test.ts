import { describe, expect, it, vi } from 'vitest';
import { connectIpc, type EventTarget } from '../../../electron/main/ipc-transport.ts';
import { eventChannels, requestChannels } from '../../../shared/contract/channels.ts';
import type { Envelope } from '../../../shared/contract/envelope.ts';

type Handler = (event: unknown, params: unknown) => Promise<unknown>;
const handlers = vi.hoisted(() => new Map<string, unknown>());
vi.mock('electron', () => ({
  ipcMain: { handle: (channel: string, handler: unknown) => handlers.set(channel, handler) },
  protocol: {},
}));

function connect(target: () => EventTarget | undefined) {
  handlers.clear();
  const callbacks = new Map<string, (payload: never) => void>();
  const router = vi.fn((..._args: unknown[]): Promise<Envelope> => Promise.resolve({ ok: true, value: 1 }));
  const onFirstAnswer = vi.fn();
  const transport = connectIpc({ router, subscribe: (channel, callback) => (callbacks.set(channel, callback), () => undefined) }, target, {
    onFirstAnswer,
  });
  return { callbacks, router, transport, onFirstAnswer };
}

describe('the IPC transport', () => {
  it('handles every request channel and carries every event channel', () => {
    const { callbacks } = connect(() => undefined);
    expect([...handlers.keys()]).toEqual([...requestChannels]);
    expect([...callbacks.keys()]).toEqual([...eventChannels]);
  });

  it('tells the router who asks', async () => {
    const { router } = connect(() => undefined);
    const ask = handlers.get('app.info') as Handler;
    const mainFrame = { origin: 'app://evenkeel' };
    await ask({ sender: { mainFrame }, senderFrame: mainFrame }, {});
    await ask({ sender: { mainFrame }, senderFrame: { origin: 'app://evenkeel' } }, {});
    await ask({ sender: { mainFrame }, senderFrame: null }, {});
    expect(router.mock.calls.map(([sender]) => sender)).toEqual([
      { kind: 'window', isMainFrame: true, origin: 'app://evenkeel', ownOrigin: 'app://evenkeel' },
      { kind: 'window', isMainFrame: false, origin: 'app://evenkeel', ownOrigin: 'app://evenkeel' },
      { kind: 'window', isMainFrame: false, origin: '', ownOrigin: 'app://evenkeel' },
    ]);
  });

  it('says once for each window that its page was answered', async () => {
    const { onFirstAnswer, router, transport } = connect(() => undefined);
    const mainFrame = { origin: 'app://evenkeel' };
    const ask = () => (handlers.get('app.info') as Handler)({ sender: { mainFrame }, senderFrame: mainFrame }, {});
    router.mockResolvedValueOnce({ ok: false, error: { code: 'FORBIDDEN', message: 'no' } });
    await ask();
    expect(onFirstAnswer).not.toHaveBeenCalled();
    await ask();
    await ask();
    expect(onFirstAnswer).toHaveBeenCalledTimes(1);
    transport.windowOpened();
    await ask();
    expect(onFirstAnswer).toHaveBeenCalledTimes(2);
  });

  it('sends nothing to a window nobody sees, and what it missed when it shows again', () => {
    const send = vi.fn();
    let shown = false;
    const { callbacks, transport } = connect(() => ({ webContents: { send }, isShown: () => shown }));
    const publish = (channel: string, payload: unknown) => callbacks.get(channel)?.(payload as never);
    publish('lab.changed', { running: false });
    publish('lab.changed', { running: true });
    publish('traffic.tick', {});
    publish('config.changed', { changed: ['pools.a'] });
    publish('config.changed', { changed: ['pools.a', 'pools.b'] });
    publish('journal.entry', { seq: 1 });
    publish('journal.entry', { seq: 2 });
    expect(send).not.toHaveBeenCalled();

    shown = true;
    transport.windowShown();
    expect(send.mock.calls).toEqual([
      ['journal.entry', { seq: 1 }],
      ['journal.entry', { seq: 2 }],
      ['config.changed', { changed: ['pools.a', 'pools.b'] }],
      ['lab.changed', { running: true }],
    ]);
    transport.windowShown();
    publish('traffic.tick', { now: 1 });
    expect(send.mock.calls.slice(4)).toEqual([['traffic.tick', { now: 1 }]]);
  });
});
