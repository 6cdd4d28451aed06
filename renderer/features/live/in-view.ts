import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Box } from '../../map/bands.ts';
import type { View } from '../../map/bundle.ts';
import { type EffectiveState, stateLooks } from '../../ui/effective-state.ts';
import { formatCount } from '../../ui/format.ts';
import { cardId, type Lane } from './live-model.ts';

/** Heights of the columns' heads and of a line that says what is beyond the edge. Pixels at the usual text size. */
const headHeight = 24;
const lineHeight = 28;

/** Which lanes are in view: the first and the last, by their place in the model. */
export interface LanesInView {
  first: number;
  last: number;
}

/** null while all of them are. */
export type InViewStore = StoreApi<{ lanes: LanesInView | null }>;

export const createInViewStore = (): InViewStore => createStore(() => ({ lanes: null }));

/** The part of the map's content that is in view, without what sticks to its edges; null where all is in view. */
export function viewOf(scroller: Pick<HTMLElement, 'scrollTop' | 'clientHeight' | 'scrollHeight'>, scale: number): View | null {
  const { scrollTop, clientHeight, scrollHeight } = scroller;
  if (scrollHeight <= clientHeight + 1) return null;
  const isAtEnd = scrollTop + clientHeight >= scrollHeight - 1;
  return {
    top: scrollTop / scale + headHeight + (scrollTop > 1 ? lineHeight : 0),
    bottom: (scrollTop + clientHeight) / scale - (isAtEnd ? 0 : lineHeight),
  };
}

/** The lanes whose card's middle is in `view`. */
export function lanesIn(lanes: readonly Lane[], boxes: ReadonlyMap<string, Box>, view: View): LanesInView | null {
  let first = -1;
  let last = -1;
  lanes.forEach(({ key }, i) => {
    const y = boxes.get(cardId.node(key))?.y;
    if (y === undefined || y < view.top || y > view.bottom) return;
    if (first < 0) first = i;
    last = i;
  });
  return first < 0 ? null : { first, last };
}

export function tellInView(store: InViewStore, lanes: LanesInView | null): void {
  const old = store.getState().lanes;
  if (old?.first === lanes?.first && old?.last === lanes?.last) return;
  store.setState({ lanes });
}

/** States a look is owed to, the worst first. */
const troubles: readonly EffectiveState[] = ['down', 'checking', 'draining', 'rejecting'];

export interface Trouble {
  state: EffectiveState;
  /** In their order. */
  lanes: Lane[];
  /** "2 down". */
  words: string;
}

/** Lanes that are not fine by what they are, the worst first. */
export function troublesOf(lanes: readonly Lane[]): Trouble[] {
  return troubles.flatMap((state) => {
    const such = lanes.filter((lane) => lane.state === state);
    return such.length === 0 ? [] : [{ state, lanes: such, words: `${formatCount(such.length)} ${stateLooks[state].word.toLowerCase()}` }];
  });
}
