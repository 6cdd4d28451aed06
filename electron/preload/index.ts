import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { bridgeKey, eventChannels, requestChannels, type Bridge } from '../../shared/contract/channels.ts';

/**
 * The one thing the page gets from Electron: two functions that take a channel's name and a value. Names outside the
 * contract are refused here; values are validated by main (params) and by the page (events).
 */

const knownRequests: ReadonlySet<string> = new Set(requestChannels);
const knownEvents: ReadonlySet<string> = new Set(eventChannels);

const bridge: Bridge = {
  async request(channel, params) {
    if (!knownRequests.has(channel)) throw new Error(`Unknown request channel: ${String(channel)}`);
    return (await ipcRenderer.invoke(channel, params)) as unknown;
  },

  subscribe(channel, callback) {
    if (!knownEvents.has(channel)) throw new Error(`Unknown event channel: ${String(channel)}`);
    // The event object holds a reference to ipcRenderer; only the payload may reach the page.
    const listener = (_event: IpcRendererEvent, payload: unknown) => callback(payload);
    ipcRenderer.on(channel, listener);
    return () => {
      ipcRenderer.removeListener(channel, listener);
    };
  },
};

contextBridge.exposeInMainWorld(bridgeKey, bridge);
