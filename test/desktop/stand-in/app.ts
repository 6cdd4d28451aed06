import { EventEmitter } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { noted } from './call-log.ts';
import { lockInstance, unlockInstance } from './single-instance.ts';

interface Cancelable {
  defaultPrevented: boolean;
  preventDefault(): void;
}

/** An event whose default can be prevented, as Electron's are. */
export function cancelable(): Cancelable {
  return {
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}

const userData = process.env['STAND_IN_USER_DATA'] ?? path.resolve('.cache', 'stand-in');

class App extends EventEmitter {
  readonly isPackaged = process.env['STAND_IN_PACKAGED'] === '1';
  name = 'Evenkeel';
  readonly commandLine = {
    appendSwitch: noted('commandLine.appendSwitch'),
    // Its folder is given from outside, as Electron's is by this switch.
    hasSwitch: (name: string) => name === 'user-data-dir' || process.argv.some((one) => one.split('=')[0] === `--${name}`),
  };
  /** What must be ended before the process may go: the browser. */
  beforeExit: () => Promise<void> = () => Promise.resolve();
  #ready = false;
  #first: boolean | undefined;
  #login = { openAtLogin: false, wasOpenedAtLogin: false };
  readonly #whenReady = new Promise<void>((resolve) => {
    // Later than the main script's own turn, which registers schemes before it.
    setImmediate(() => {
      this.#ready = true;
      this.emit('ready');
      resolve();
    });
  });

  whenReady(): Promise<void> {
    return this.#whenReady;
  }
  isReady(): boolean {
    return this.#ready;
  }
  getVersion(): string {
    return process.env['STAND_IN_VERSION'] ?? '0.0.0-stand-in';
  }
  getName(): string {
    return this.name;
  }
  setName(name: string): void {
    this.name = name;
  }
  getLocale(): string {
    return 'en-US';
  }
  getAppPath(): string {
    return process.cwd();
  }
  getPath(name: string): string {
    const folder = name === 'userData' ? userData : path.join(userData, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
  setPath(): void {}
  setAppUserModelId(): void {}
  setAboutPanelOptions(options: Record<string, string>): void {
    noted('app.setAboutPanelOptions')(options);
  }
  setAsDefaultProtocolClient(scheme: string): boolean {
    noted('app.setAsDefaultProtocolClient')(scheme);
    return true;
  }
  setLoginItemSettings(settings: { openAtLogin?: boolean }): void {
    this.#login = { ...this.#login, openAtLogin: settings.openAtLogin ?? false };
  }
  getLoginItemSettings(): { openAtLogin: boolean; wasOpenedAtLogin: boolean } {
    return { ...this.#login };
  }
  requestSingleInstanceLock(): boolean {
    this.#first ??= lockInstance(this.getPath('userData'), ({ argv, cwd }) => this.emit('second-instance', {}, argv, cwd, null));
    return this.#first;
  }
  releaseSingleInstanceLock(): void {
    if (this.#first) unlockInstance(this.getPath('userData'));
    this.#first = undefined;
  }
  /** Written down instead of done, for whoever looks when this process has ended: nobody would end what it starts. */
  relaunch(options: { execPath?: string } = {}): void {
    writeFileSync(path.join(this.getPath('userData'), 'stand-in-relaunch.json'), JSON.stringify(options));
  }
  enableSandbox(): void {
    noted('app.enableSandbox')();
  }

  quit(): void {
    const event = cancelable();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.emit('will-quit', event);
    if (event.defaultPrevented) return;
    this.emit('quit', event, 0);
    this.exit(0);
  }
  exit(code = 0): void {
    void this.beforeExit().finally(() => process.exit(code));
  }
}

export const app = new App();
