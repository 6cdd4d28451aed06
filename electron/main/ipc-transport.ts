import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { eventChannels, requestChannels } from '../../shared/contract/channels.ts';
import type { ControlPlane } from '../control/control-plane.ts';
import type { Sender } from '../ipc/sender.ts';
import { appOrigin } from './app-protocol.ts';
import { MissedEvents } from './missed-events.ts';

/** A window as the events see it. */
export interface EventTarget {
  readonly webContents: Pick<WebContents, 'send'>;
  /** False while it is hidden or minimised: nothing is sent then. A window that has yet to show itself counts as shown. */
  isShown(): boolean;
}

export interface IpcTransport {
  /** To be called when a window shows again: it hears what it missed. */
  windowShown(): void;
  /** To be called when a window's page starts anew: what it missed, it will ask for. */
  windowOpened(): void;
}

function senderOf(event: IpcMainInvokeEvent): Sender {
  const frame = event.senderFrame;
  return {
    kind: 'window',
    isMainFrame: frame !== null && frame === event.sender.mainFrame,
    // A frame that has gone meanwhile has no origin, and is refused.
    origin: frame?.origin ?? '',
    ownOrigin: appOrigin,
  };
}

export interface IpcOptions {
  /** Nobody is answered before it has resolved; it must not reject. Default: at once. */
  ready?: Promise<unknown>;
  /** The page of a window that was opened has got the first answer it asked for. */
  onFirstAnswer?(this: void): void;
}

/**
 * Carries the contract over Electron's IPC: one handler per request channel, each through the router, which checks the
 * sender; events to the window while it shows, and what it missed when it shows again.
 */
export function connectIpc(
  plane: Pick<ControlPlane, 'router' | 'subscribe'>,
  target: () => EventTarget | undefined,
  { ready = Promise.resolve(), onFirstAnswer }: IpcOptions = {},
): IpcTransport {
  const missed = new MissedEvents();
  let isAnswered = false;
  for (const channel of requestChannels) {
    ipcMain.handle(channel, async (event, params: unknown) => {
      // Now: a frame may have gone, or been led elsewhere, by the time it is answered.
      const sender = senderOf(event);
      await ready;
      const answer = await plane.router(sender, channel, params);
      if (answer.ok && !isAnswered) {
        isAnswered = true;
        onFirstAnswer?.();
      }
      return answer;
    });
  }
  for (const channel of eventChannels) {
    plane.subscribe(channel, (payload) => {
      const window = target();
      if (!window) return;
      if (window.isShown()) window.webContents.send(channel, payload);
      else missed.add(channel, payload);
    });
  }
  return {
    windowShown() {
      const window = target();
      if (!window) return;
      missed.flush((channel, payload) => {
        window.webContents.send(channel, payload);
      });
    },
    windowOpened() {
      missed.clear();
      isAnswered = false;
    },
  };
}
