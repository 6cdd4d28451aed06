import { useStore } from 'zustand';
import { type EffectiveState, stateLooks } from '../../ui/effective-state.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { type InViewStore, troublesOf } from './in-view.ts';
import type { Lane } from './live-model.ts';
import css from './trouble-list.module.css';

/** Nodes named at most. */
const maxNamed = 3;
/** A line that names a node, one that says a state, and around the list. Pixels. */
const lineHeight = { name: 24, state: 20, around: 8 };

interface Listed {
  state: EffectiveState;
  words: string;
  named: Lane[];
}

/** The worst states first, each with as many names as are left to be named. */
function listed(lanes: readonly Lane[]): Listed[] {
  let room = maxNamed;
  return troublesOf(lanes).map(({ state, words, lanes: such }) => {
    const named = such.slice(0, room);
    room -= named.length;
    return { state, words, named };
  });
}

/** How high the list is. Pixels at the usual text size. */
export function troubleHeight(lanes: readonly Lane[]): number {
  const groups = listed(lanes);
  if (groups.length === 0) return 0;
  return groups.reduce((sum, { named }) => sum + lineHeight.state + named.length * lineHeight.name, lineHeight.around);
}

interface TroubleListProps {
  lanes: readonly Lane[];
  inView: InViewStore;
  /** Brings a lane into view. */
  onGo: (lane: Lane) => void;
}

/** In a pool's card while not all nodes are in view: those that are not fine, by name, and the way to each. */
export function TroubleList({ lanes, inView, onGo }: TroubleListProps) {
  const scrolls = useStore(inView, (s) => s.lanes !== null);
  if (!scrolls) return null;
  return (
    <div className={css['list']}>
      {listed(lanes).map(({ state, words, named }) => (
        <div key={state}>
          <p className={`num ${css['state']}`}>
            <StateRing state={state} size={14} />
            <span className={state === 'down' ? 'fill-down' : stateLooks[state].className}>{words}</span>
          </p>
          {named.map((lane) => (
            <button
              key={lane.key}
              type="button"
              className={css['name']}
              aria-label={`Go to ${lane.node.label}, ${stateLooks[state].word.toLowerCase()}`}
              onClick={() => onGo(lane)}
            >
              <MiddleTruncate text={lane.node.label} keep={lane.ends.name} />
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}
