import { createStore, type StoreApi } from 'zustand/vanilla';

export interface ViewState {
  /** Set while the view stands still: since when, and what had been counted until then. */
  paused: { since: number; requests: number; errors: number } | null;
}

export type ViewStore = StoreApi<ViewState>;

/** What the person at the window chose to look at; the engine knows nothing of it. */
export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => ({ paused: null }));
}
