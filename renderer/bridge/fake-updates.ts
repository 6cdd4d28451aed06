import type { Handlers, Payload } from '../../shared/contract/contract.ts';
import type { UpdateOffer, UpdateState } from '../../shared/model/update.ts';

/** Bringing the program up to date, of {@link createFakeMain}: each step is there at once when it is asked for. */
export interface FakeUpdates {
  handlers: Pick<Handlers, 'updates.get' | 'updates.check' | 'updates.download' | 'updates.stop' | 'updates.install'>;
  /** The setting has changed. */
  follow(on: boolean): void;
  /** As if the program had come to it by itself. */
  show(state: UpdateState): void;
}

const offer: UpdateOffer = {
  version: '0.2.0',
  notes: 'Listeners say who they wait for.\nA node that comes back is given its share slowly.',
  releasedAt: 1_767_225_600_000,
  bytes: 98_304_000,
};

/** @param initial default: as a headless program has it. */
export function createFakeUpdates(
  changed: (state: Payload<'updates.changed'>) => void,
  now: () => number,
  initial: UpdateState = { state: 'unavailable', why: 'headless' },
): FakeUpdates {
  let state = initial;
  const show = (next: UpdateState): UpdateState => {
    state = next;
    changed(state);
    return state;
  };
  return {
    handlers: {
      'updates.get': () => state,
      'updates.check': () =>
        state.state === 'unavailable' || state.state === 'off' ? state : show({ state: 'available', feed: state.feed, offer }),
      'updates.download': () =>
        state.state === 'available'
          ? show({ state: 'downloading', feed: state.feed, offer: state.offer, received: 24_576_000, total: state.offer.bytes })
          : state,
      'updates.stop': () => (state.state === 'downloading' ? show({ state: 'available', feed: state.feed, offer: state.offer }) : state),
      'updates.install': () => (state.state === 'ready' ? show({ state: 'installing', feed: state.feed, offer: state.offer }) : state),
    },
    follow(on) {
      if (state.state === 'unavailable' || on === (state.state !== 'off')) return;
      show(on ? { state: 'current', feed: state.feed, checkedAt: now() } : { state: 'off', feed: state.feed });
    },
    show,
  };
}
