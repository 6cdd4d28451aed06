import { EventEmitter } from 'node:events';
import { mark } from './marks.ts';

type Handler = (event: unknown, ...args: unknown[]) => unknown;

class IpcMain extends EventEmitter {
  /** Electron keeps its handlers under this name too; specs use it to call one as another sender would. */
  readonly _invokeHandlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this._invokeHandlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this._invokeHandlers.set(channel, handler);
  }
  removeHandler(channel: string): void {
    this._invokeHandlers.delete(channel);
  }
  /** A message from a page; values cross as structured clones, both ways. */
  async invoke(channel: string, event: unknown, args: unknown[]): Promise<unknown> {
    const handler = this._invokeHandlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    mark(`${channel} asked`);
    const answer = structuredClone(await handler(event, ...structuredClone(args)));
    mark(`${channel} answered`);
    return answer;
  }
}

export const ipcMain = new IpcMain();
