import { createStore, type StoreApi } from 'zustand/vanilla';
import type { NodeMode } from '../../shared/model/config.ts';
import type { NodeState, PoolState } from '../../shared/model/state.ts';
import { nodeKey } from '../../shared/state/patch.ts';
import { type Client, errorMessage } from '../bridge/client.ts';
import { formatCount } from '../ui/format.ts';
import type { ConfigStore } from './config-store.ts';
import type { EngineStore } from './engine-store.ts';
import { leavesNobody, modeEffect } from './mode-words.ts';
import type { ToastStore } from './toast-store.ts';

/** Asked before the last node that serves is taken away. */
export interface LastNodeQuestion {
  pool: string;
  node: string;
  to: NodeMode;
  title: string;
  text: string;
  /** The mode it keeps when the answer is no. */
  from: NodeMode;
}

export interface ModesView {
  /** Modes asked for and not yet answered, by `nodeKey(pool, node)`. */
  pending: ReadonlyMap<string, NodeMode>;
  /** Why the last change was refused, by `nodeKey(pool, node)`; gone after a while. */
  errors: ReadonlyMap<string, string>;
  question: LastNodeQuestion | null;
}

export interface ModeChanges {
  store: StoreApi<ModesView>;
  /** Sets a mode; asks first when nobody would be left to serve. */
  set(pool: string, node: string, to: NodeMode): void;
  /** Answers the question. */
  answer(yes: boolean): void;
  /** What setting the mode will do, in words; empty for a node that is not there. */
  effect(pool: string, node: string, to: NodeMode): string;
  /** Takes back the newest change whose message still stands. @returns whether there was one. */
  undo(): boolean;
}

/** How long a change can be taken back. Milliseconds. */
export const undoMs = 6_000;
/** A refusal stays in the card this long. Milliseconds. */
const errorMs = 10_000;

interface Change {
  pool: string;
  node: string;
  from: NodeMode;
  to: NodeMode;
}

const without = <V>(map: ReadonlyMap<string, V>, key: string) => new Map([...map].filter(([k]) => k !== key));
const toastId = ({ pool, node }: Pick<Change, 'pool' | 'node'>) => `mode ${nodeKey(pool, node)}`;

/** How long the drain of a pool's node lasts: the longest of the listeners in front of it. Milliseconds. */
export function drainMsOf(config: ConfigStore, pool: string): number {
  const times = config.store
    .getState()
    .config.listeners.filter((listener) => listener.pool === pool)
    .map((listener) => listener.timeouts.drainMs);
  return times.length > 0 ? Math.max(...times) : 30_000;
}

/** Every mode change of the window goes through here, whichever screen it comes from: warned of, told, taken back. */
export function createModeChanges(client: Client, engine: EngineStore, config: ConfigStore, toasts: ToastStore): ModeChanges {
  const store = createStore<ModesView>(() => ({ pending: new Map(), errors: new Map(), question: null }));
  /** Oldest first. */
  let undoable: Change[] = [];

  const find = (poolId: string, nodeId: string): { pool: PoolState; node: NodeState } | undefined => {
    const pool = engine.store.getState().pools.find((p) => p.id === poolId);
    const node = pool?.nodes.find((n) => n.id === nodeId);
    return pool && node ? { pool, node } : undefined;
  };

  const run = (change: Change, isUndo: boolean) => {
    const key = nodeKey(change.pool, change.node);
    const known = find(change.pool, change.node);
    const label = known?.node.label ?? change.node;
    const effect = known ? modeEffect(known.pool, known.node, change.to, drainMsOf(config, change.pool)) : '';
    store.setState(({ pending, errors }) => ({ pending: new Map(pending).set(key, change.to), errors: without(errors, key) }));
    const done = () => store.setState(({ pending }) => ({ pending: without(pending, key) }));
    client.request('node.setMode', { pool: change.pool, node: change.node, mode: change.to }).then(
      () => {
        done();
        undoable = undoable.filter((c) => toastId(c) !== toastId(change));
        if (isUndo) {
          toasts.show({ id: toastId(change), title: `${label} is set back to ${change.to}`, text: effect }, 4_000);
          return;
        }
        undoable.push(change);
        const action = { label: 'Undo', run: () => takeBack(change) };
        toasts.show({ id: toastId(change), title: `${label} is set to ${change.to}`, text: effect, action }, undoMs);
      },
      (reason: unknown) => {
        const text = errorMessage(reason);
        done();
        store.setState(({ errors }) => ({ errors: new Map(errors).set(key, text) }));
        setTimeout(() => {
          if (store.getState().errors.get(key) === text) store.setState(({ errors }) => ({ errors: without(errors, key) }));
        }, errorMs);
        toasts.show({ id: toastId(change), title: `${label} stays in ${change.from}`, text });
      },
    );
  };

  const begin = (change: Change, isUndo: boolean) => {
    const known = find(change.pool, change.node);
    const guarded = config.store.getState().config.pools.find((p) => p.id === change.pool)?.keepLastNode === true;
    // With the guard on, the engine's owner has decided already: the refusal says why.
    if (!known || guarded || !leavesNobody(known.pool, known.node, change.to)) {
      run(change, isUndo);
      return;
    }
    store.setState({ question: { ...change, ...lastNodeWords(known.pool, known.node, change.to) } });
  };

  const lastNodeWords = (pool: PoolState, node: NodeState, to: NodeMode) => {
    const http = engine.store.getState().listeners.some((l) => l.pool === pool.id && l.state === 'up' && l.protocol !== 'tcp');
    const refused = http ? 'gets 503' : 'loses its connection';
    const n = node.stickyClients;
    const many = `${formatCount(n)} ${n === 1 ? 'client' : 'clients'}`;
    const seconds = Math.round(drainMsOf(config, pool.id) / 1_000);
    const others = pool.nodes.filter((other) => other.id !== node.id);
    const why =
      others.length === 0
        ? `${node.label} is the only node of ${pool.name}.`
        : `No other node of ${pool.name} takes clients now: ${others
            .slice(0, 3)
            .map((other) => `${other.label} ${other.mode === 'accept' || other.mode === 'backup' ? 'is down' : `is set to ${other.mode}`}`)
            .join(', ')}${others.length > 3 ? ' and others' : ''}.`;
    const then =
      to === 'drain'
        ? `Every new client ${refused} at once${n > 0 ? `, its ${many} after ${seconds} s` : ''}.`
        : `Every new client ${refused} at once${n > 0 ? `, and so ${n === 1 ? 'does' : 'do'} its ${many}` : ''}.`;
    return { title: `Take away the last node of ${pool.name}?`, text: `${why} ${then}` };
  };

  const takeBack = (change: Change) => {
    undoable = undoable.filter((c) => c !== change);
    const known = find(change.pool, change.node);
    toasts.dismiss(toastId(change));
    if (known && known.node.mode !== change.to) {
      const title = `${known.node.label} stays in ${known.node.mode}`;
      toasts.show({ id: toastId(change), title, text: 'It was changed again meanwhile, so nothing was undone.' });
      return;
    }
    begin({ ...change, from: change.to, to: change.from }, true);
  };

  return {
    store,
    set(pool, node, to) {
      const known = find(pool, node);
      if (known && known.node.mode !== to) begin({ pool, node, from: known.node.mode, to }, false);
    },
    answer(yes) {
      const { question } = store.getState();
      store.setState({ question: null });
      if (yes && question) run({ pool: question.pool, node: question.node, from: question.from, to: question.to }, false);
    },
    effect(pool, node, to) {
      const known = find(pool, node);
      return known ? modeEffect(known.pool, known.node, to, drainMsOf(config, pool)) : '';
    },
    undo() {
      const shown = new Set(toasts.store.getState().toasts.map((toast) => toast.id));
      const newest = undoable.findLast((change) => shown.has(toastId(change)));
      if (!newest) return false;
      takeBack(newest);
      return true;
    },
  };
}
