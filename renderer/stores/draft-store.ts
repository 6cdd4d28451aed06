import { createStore, type StoreApi } from 'zustand/vanilla';
import { ContractError } from '../../shared/contract/envelope.ts';
import { type Config, emptyConfig } from '../../shared/model/config.ts';
import { type ConfigIssue, parseConfig } from '../../shared/model/validate.ts';
import { type Client, errorMessage } from '../bridge/client.ts';
import type { ConfigStore } from './config-store.ts';
import { type Path, sameJson, setAt } from './draft.ts';
import { rebase } from './draft-rebase.ts';
import { type Change, listChanges } from './draft-words.ts';

export interface DraftView {
  /** Whether the running configuration is known. */
  loaded: boolean;
  /** What the draft started from. */
  base: Config;
  /** As the forms show it. */
  draft: Config;
  changes: Change[];
  /** What is wrong with the draft, by path: found here at once, and by the control plane after Apply until the field changes. */
  issues: ConfigIssue[];
  /** How many of them were found here: those hold Apply back, while what the control plane said may have passed meanwhile. */
  blocking: number;
  /** The running configuration, when it is no longer the one the draft started from and the draft has changes. */
  theirs: Config | null;
  /** Paths where the last re-base kept what somebody else had set. */
  collisions: string[];
  applying: boolean;
  /** Why the last Apply failed, in a sentence; empty otherwise. */
  failure: string;
  /** How many changes the last Apply made; null until then and once something is changed again. */
  applied: number | null;
}

export interface DraftStore {
  store: StoreApi<DraftView>;
  /** Sets one field of the draft; `undefined` takes an optional one away. */
  set(path: Path, value: unknown): void;
  /** Several edits as one. */
  edit(change: (draft: Config) => Config): void;
  discard(): void;
  /** Puts the changes onto the running configuration; where both changed the same thing, theirs stands. */
  keepMine(): void;
  /** All or nothing. Never rejects: what went wrong stands in `failure` and `issues`. @returns whether it was applied. */
  apply(): Promise<boolean>;
  start(): () => void;
}

/** Where a listener that could not be bound is in the configuration: the one whose address the message names. */
export function bindIssue(draft: Config, base: Config, message: string): ConfigIssue | undefined {
  const ports = [...message.matchAll(/\b(\d{1,5})\b/g)].map((match) => Number(match[1]));
  const named = draft.listeners.flatMap((listener, i) => (ports.includes(listener.port) ? [{ listener, i }] : []));
  // Of several on the same port, the one that is new or was moved is the one that failed.
  const moved = named.find(({ listener }) => {
    const was = base.listeners.find((l) => l.id === listener.id);
    return !was || was.port !== listener.port || was.host !== listener.host || !was.enabled;
  });
  const found = moved ?? named[0];
  return found && { path: `listeners[${found.i}].port`, message };
}

/** The one draft of a window: edits of every screen, over the configuration as it runs. */
export function createDraftStore(client: Client, config: ConfigStore): DraftStore {
  /** Issues of the control plane, each with the value it was about: they go when the value does. */
  let told: { issue: ConfigIssue; about: string }[] = [];
  const store = createStore<DraftView>(() => ({
    loaded: false,
    base: emptyConfig,
    draft: emptyConfig,
    changes: [],
    issues: [],
    blocking: 0,
    theirs: null,
    collisions: [],
    applying: false,
    failure: '',
    applied: null,
  }));

  const valueAt = (root: unknown, path: string): string => {
    let at: unknown = root;
    for (const key of path.match(/[^.[\]]+/g) ?? [])
      at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
    return JSON.stringify(at) ?? '';
  };

  const show = (base: Config, draft: Config, rest: Partial<DraftView> = {}) => {
    const changes = listChanges(base, draft);
    const own = changes.length > 0 ? parseConfig(draft).issues : [];
    told = told.filter(({ issue, about }) => valueAt(draft, issue.path) === about && !own.some((o) => o.path === issue.path));
    store.setState({ base, draft, changes, issues: [...own, ...told.map(({ issue }) => issue)], blocking: own.length, ...rest });
  };

  const onConfig = (running: Config, loaded: boolean) => {
    if (!loaded) return;
    const { base, draft, changes, applying, loaded: known } = store.getState();
    if (applying) return;
    if (!known || changes.length === 0) {
      show(running, running, { loaded: true, theirs: null });
      return;
    }
    if (sameJson(running, base)) store.setState({ theirs: null });
    else if (sameJson(running, draft)) show(running, running, { theirs: null, collisions: [] });
    else store.setState({ theirs: running });
  };

  const edit = (change: (draft: Config) => Config) => {
    const { base, draft } = store.getState();
    show(base, change(draft), { failure: '', applied: null });
  };

  const failed = (error: unknown, draft: Config, base: Config) => {
    const issues = error instanceof ContractError ? [...(error.issues ?? [])] : [];
    if (error instanceof ContractError && error.code === 'LISTENER_BIND_FAILED' && issues.length === 0) {
      const issue = bindIssue(draft, base, error.message);
      if (issue) issues.push(issue);
    }
    told = issues.map((issue) => ({ issue, about: valueAt(draft, issue.path) }));
    show(base, store.getState().draft, { applying: false, failure: errorMessage(error) });
  };

  return {
    store,
    set: (path, value) => edit((draft) => setAt(draft, path, value)),
    edit,
    discard() {
      const { base, theirs } = store.getState();
      const back = theirs ?? base;
      told = [];
      show(back, back, { theirs: null, collisions: [], failure: '', applied: null });
    },
    keepMine() {
      const { base, draft, theirs } = store.getState();
      if (!theirs) return;
      const merged = rebase(base, draft, theirs);
      show(theirs, merged.draft, { theirs: null, collisions: merged.collisions, failure: '' });
    },
    async apply() {
      const { base, draft, changes, blocking, theirs, applying } = store.getState();
      if (applying || changes.length === 0 || theirs || blocking > 0) return false;
      store.setState({ applying: true, failure: '', collisions: [] });
      try {
        // Somebody may have changed it a moment ago; applying over that would take their change away unseen.
        const running = await client.request('config.get', {});
        if (!sameJson(running, base)) {
          store.setState({ applying: false, theirs: running });
          return false;
        }
        await client.request('config.apply', { config: draft });
      } catch (error) {
        failed(error, draft, base);
        return false;
      }
      told = [];
      // What was typed while the answer was on its way stays, on top of what is now saved.
      show(draft, store.getState().draft, { applying: false, theirs: null, applied: changes.length });
      await config.refresh().catch(() => {
        // The change is in; the mirror follows with config.changed or when the connection returns.
      });
      return true;
    },
    start() {
      const { config: running, loaded } = config.store.getState();
      onConfig(running, loaded);
      return config.store.subscribe((view) => onConfig(view.config, view.loaded));
    },
  };
}
