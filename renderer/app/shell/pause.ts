import type { Stores } from '../../stores/stores.ts';

/** Lets the view stand still, or go on. The engine knows nothing of it. While nothing is heard there is nothing to pause. */
export function togglePause({ view, traffic, engine }: Pick<Stores, 'view' | 'traffic' | 'engine'>): void {
  if (view.getState().paused === null && engine.store.getState().connection === 'offline') return;
  const { requests, errors } = traffic.view().total;
  view.setState(({ paused }) => ({ paused: paused ? null : { since: Date.now(), requests, errors } }));
}
