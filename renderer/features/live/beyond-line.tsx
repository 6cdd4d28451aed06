import { ChevronDown, ChevronUp } from 'lucide-react';
import { Fragment } from 'react';
import { useStore } from 'zustand';
import { stateLooks } from '../../ui/effective-state.ts';
import { formatCount } from '../../ui/format.ts';
import { StateRing } from '../../ui/state-ring.tsx';
import { type InViewStore, troublesOf } from './in-view.ts';
import type { Lane } from './live-model.ts';
import css from './beyond-line.module.css';

interface BeyondLineProps {
  side: 'above' | 'below';
  lanes: readonly Lane[];
  inView: InViewStore;
  /** Brings a lane into view. */
  onGo: (lane: Lane) => void;
}

/** States said at most; of others the number of nodes. */
const maxStates = 2;

/** At an edge of a map that scrolls: how much is beyond it, and the way to the next node there that is not fine. */
export function BeyondLine({ side, lanes, inView, onGo }: BeyondLineProps) {
  const seen = useStore(inView, (s) => s.lanes);
  if (!seen) return null;
  const hidden = side === 'above' ? lanes.slice(0, seen.first).toReversed() : lanes.slice(seen.last + 1);
  if (hidden.length === 0) return null;
  const counts = troublesOf(hidden);
  // Of the worst of them the next.
  const next = counts[0]?.lanes[0];
  const clients = hidden.reduce((sum, lane) => sum + lane.count, 0);
  // With nothing to look at there, as far as what is seen now is long.
  const page = hidden[Math.min(hidden.length, Math.max(1, seen.last - seen.first)) - 1]!;
  const Icon = side === 'above' ? ChevronUp : ChevronDown;
  // Beside what is to be looked at there is no room for what the column's head says.
  const noun = counts.length > 0 ? '' : hidden.length === 1 ? ' node' : ' nodes';
  const nodes = `${formatCount(hidden.length)} more${noun} ${side}`;
  const others = counts.slice(maxStates).reduce((sum, { lanes: such }) => sum + such.length, 0);
  return (
    <>
      <div className={`num ${css['clients']} ${css[side]}`}>
        {formatCount(clients)} {clients === 1 ? 'client' : 'clients'} {side}
      </div>
      <div className={`${css['nodes']} ${css[side]}`}>
        <button
          type="button"
          className={`num ${css['button']}`}
          title={next ? `${counts.map(({ words }) => words).join(', ')}. Go to ${next.node.label}` : undefined}
          onClick={() => onGo(next ?? page)}
        >
          <Icon size={14} aria-hidden />
          <span>{nodes}</span>
          {counts.slice(0, maxStates).map(({ state, words }) => (
            <Fragment key={state}>
              {/* For readers: a space between words that stand apart in any case. */} <StateRing state={state} size={14} />
              <span className={state === 'down' ? 'fill-down' : stateLooks[state].className}>{words}</span>
            </Fragment>
          ))}
          {others > 0 ? <span>+{formatCount(others)}</span> : null}
          <span className="visually-hidden">, go to {(next ?? page).node.label}</span>
        </button>
      </div>
    </>
  );
}
