import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { eventChannels, requestChannels } from '../../shared/contract/channels.ts';
import type { ControlPlane } from '../control/control-plane.ts';
import type { Sender } from '../ipc/sender.ts';
import { appOrigin } from './app-protocol.ts';

/** A window as the events see it. */
export interface EventTarget {
  readonly webContents: WebContents;
  /** False while it is hidden or minimised: nothing is sent then. */
  isShown(): boolean;
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

/**
 * Carries the contract over Electron's IPC: one handler per request channel, each through the router, which checks the
 * sender; events to the window while it shows. A window shown again sees the gap in the sequence and asks for a snapshot.
 */
export function connectIpc(plane: Pick<ControlPlane, 'router' | 'subscribe'>, target: () => EventTarget | undefined): void {
  for (const channel of requestChannels) {
    ipcMain.handle(channel, (event, params: unknown) => plane.router(senderOf(event), channel, params));
  }
  for (const channel of eventChannels) {
    plane.subscribe(channel, (payload) => {
      const window = target();
      if (window?.isShown()) window.webContents.send(channel, payload);
    });
  }
}
