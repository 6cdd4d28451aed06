import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EffectiveState } from '../ui/effective-state.ts';

export interface ToastMessage {
  /** A new message with a known id takes the old one's place. */
  id: string;
  title: string;
  text?: string;
  /** Wears the ring of a state; without it none. */
  state?: EffectiveState;
  /** Where "Inspect" leads; without it there is no such button. */
  href?: string;
  /** A button; pressing it also takes the message away. */
  action?: { label: string; run: () => void };
}

export interface ToastStore {
  store: StoreApi<{ toasts: ToastMessage[] }>;
  /** @param ms how long it stays. Default 9,000. */
  show(toast: ToastMessage, ms?: number): void;
  dismiss(id: string): void;
}

/** At most this many at once; the oldest goes. */
const most = 2;

/** Messages over whatever screen is open. */
export function createToastStore(): ToastStore {
  const store = createStore<{ toasts: ToastMessage[] }>(() => ({ toasts: [] }));
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const dismiss = (id: string) => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    store.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
  };
  return {
    store,
    show(toast, ms = 9_000) {
      clearTimeout(timers.get(toast.id));
      timers.set(
        toast.id,
        setTimeout(() => dismiss(toast.id), ms),
      );
      store.setState(({ toasts }) => {
        const known = toasts.some((t) => t.id === toast.id);
        return { toasts: known ? toasts.map((t) => (t.id === toast.id ? toast : t)) : [...toasts, toast].slice(-most) };
      });
    },
    dismiss,
  };
}
