import type { ReactNode } from 'react';
import { useEngine } from '../../stores/context.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

/** Of a moment at which nothing was set up yet there is no map: that is said, with nothing to press that would act now. */
export function BeforeSetup({ children }: { children: ReactNode }) {
  const isEmpty = useEngine((s) => s.listeners.length === 0 && s.pools.length === 0);
  if (!isEmpty) return children;
  return (
    <main className="screen">
      <div className="page-head">
        <h1>Live</h1>
      </div>
      <EmptyState title="Nothing was set up at this moment">
        Play on, or go to the next event: the map begins with the first listener.
      </EmptyState>
    </main>
  );
}
