import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Opening } from '../../shared/contract/contract.ts';
import type { Client } from '../bridge/client.ts';
import type { ConfigStore } from './config-store.ts';
import type { EngineStore } from './engine-store.ts';
import type { ModeChanges } from './mode-changes.ts';
import type { ToastStore } from './toast-store.ts';

export interface HostView {
  /** Balancing is paused: no listener accepts, whatever the configuration says. */
  paused: boolean;
}

/** A file the system asked to open. */
export interface OpenedFile {
  name: string;
  text: string;
}

/** What the program around the window wants of it: the tray, the menu, files and links the system opens. */
export interface HostStore {
  store: StoreApi<HostView>;
  /** Opens the listeners again. @throws as `app.setPaused`. */
  resume(): Promise<void>;
  /** Hands files over as they come, and soon the one that waits. @returns a function that ends it. */
  onFile(callback: (file: OpenedFile) => void): () => void;
  start(): () => void;
}

/** Shows screens, files, questions and notices as they are asked for, once there is something to show them on. */
export function createHostStore(
  client: Client,
  { engine, config, modes, toasts }: { engine: EngineStore; config: ConfigStore; modes: ModeChanges; toasts: ToastStore },
): HostStore {
  const store = createStore<HostView>(() => ({ paused: false }));
  let waiting: OpenedFile | null = null;
  let taker: ((file: OpenedFile) => void) | undefined;
  let notices = 0;

  const handOver = () => {
    if (!waiting || !taker) return;
    const file = waiting;
    waiting = null;
    taker(file);
  };
  const open = (opening: Opening) => {
    switch (opening.kind) {
      case 'screen':
        location.hash = opening.hash;
        break;
      case 'file':
        waiting = { name: opening.name, text: opening.text };
        location.hash = '#/settings';
        handOver();
        break;
      case 'mode':
        location.hash = `#/live/node/${encodeURIComponent(opening.pool)}/${encodeURIComponent(opening.node)}`;
        modes.set(opening.pool, opening.node, opening.mode);
        break;
      case 'notice':
        toasts.show({ id: `host ${++notices}`, title: opening.title, text: opening.text }, 20_000);
        break;
    }
  };
  const isReady = () => engine.store.getState().epoch !== null && config.store.getState().loaded;
  const take = () => {
    // A question about a node nobody has heard of yet, or a comparison with nothing, would be wrong.
    if (!isReady()) return;
    client.request('app.takeOpenings', {}).then(
      ({ openings }) => openings.forEach(open),
      () => {
        // They wait where they are.
      },
    );
  };
  const load = () => {
    client.request('app.info', {}).then(
      ({ paused }) => store.setState({ paused }),
      () => {
        // The connection's return asks again.
      },
    );
  };

  return {
    store,
    async resume() {
      store.setState(await client.request('app.setPaused', { paused: false }));
    },
    onFile(callback) {
      taker = callback;
      queueMicrotask(handOver);
      return () => {
        if (taker === callback) taker = undefined;
      };
    },
    start() {
      let wasReady = isReady();
      const onceReady = () => {
        if (wasReady || !isReady()) return;
        wasReady = true;
        take();
      };
      const ends = [
        client.subscribe('app.paused', ({ paused }) => store.setState({ paused })),
        client.subscribe('app.openings', take),
        client.onConnection((connected) => connected && load()),
        engine.store.subscribe(onceReady),
        config.store.subscribe(onceReady),
      ];
      load();
      take();
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
