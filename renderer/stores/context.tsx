import { createContext, use, type ReactNode, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { ConfigView } from './config-store.ts';
import type { DraftView } from './draft-store.ts';
import type { EngineView } from './engine-store.ts';
import type { FailoverView } from './failover-store.ts';
import type { HostView } from './host-store.ts';
import type { JournalView } from './journal-store.ts';
import type { LabView } from './lab-store.ts';
import type { ModesView } from './mode-changes.ts';
import type { ReplayView } from './replay-store.ts';
import type { SettingsView } from './settings-store.ts';
import type { Stores } from './stores.ts';
import type { ToastMessage } from './toast-store.ts';
import type { TrafficView } from './traffic-rings.ts';
import type { ViewState } from './view-store.ts';

const StoresContext = createContext<Stores | null>(null);

export function StoresProvider({ stores, children }: { stores: Stores; children: ReactNode }) {
  return <StoresContext value={stores}>{children}</StoresContext>;
}

/** The stores themselves: for their actions, and for what is drawn outside React. */
export function useStores(): Stores {
  const stores = use(StoresContext);
  if (!stores) throw new Error('useStores stands outside StoresProvider.');
  return stores;
}

// Selectors return a part of the state as it is (or a primitive): a new object each time would render without end.

export function useEngine<T>(selector: (state: EngineView) => T): T {
  return useStore(useStores().engine.store, selector);
}

export function useConfig<T>(selector: (state: ConfigView) => T): T {
  return useStore(useStores().config.store, selector);
}

/** The edits of all screens, over the configuration as it runs. */
export function useDraft<T>(selector: (state: DraftView) => T): T {
  return useStore(useStores().draft.store, selector);
}

export function useJournal<T>(selector: (state: JournalView) => T): T {
  return useStore(useStores().journal.store, selector);
}

export function useLab<T>(selector: (state: LabView) => T): T {
  return useStore(useStores().lab.store, selector);
}

export function useSettings<T>(selector: (state: SettingsView) => T): T {
  return useStore(useStores().settings.store, selector);
}

export function useView<T>(selector: (state: ViewState) => T): T {
  return useStore(useStores().view, selector);
}

export function useModes<T>(selector: (state: ModesView) => T): T {
  return useStore(useStores().modes.store, selector);
}

export function useHost<T>(selector: (state: HostView) => T): T {
  return useStore(useStores().host.store, selector);
}

export function useFailovers<T>(selector: (state: FailoverView) => T): T {
  return useStore(useStores().failovers.store, selector);
}

export function useReplay<T>(selector: (state: ReplayView) => T): T {
  return useStore(useStores().replay.store, selector);
}

/** Why nothing can be changed from here; empty when it can. */
export function useLock(): string {
  return useStores().past?.lock ?? '';
}

export function useToasts(): ToastMessage[] {
  return useStore(useStores().toasts.store, (state) => state.toasts);
}

/** Rates and quantiles, renewed twice a second. */
export function useTraffic(): TrafficView {
  const { traffic } = useStores();
  return useSyncExternalStore(traffic.onView, traffic.view);
}
