import type { Stores } from '../../stores/stores.ts';

/** Lets the view stand still, or go on. The engine knows nothing of it. */
export function togglePause({ view, traffic }: Pick<Stores, 'view' | 'traffic'>): void {
  const { requests, errors } = traffic.view().total;
  view.setState(({ paused }) => ({ paused: paused ? null : { since: Date.now(), requests, errors } }));
}
