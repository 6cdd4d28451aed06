import type { NodeState } from '../../../shared/model/state.ts';
import type { EffectiveState } from '../../ui/effective-state.ts';

/**
 * How much a node's card says, the most first: all with a sparkline; the same set closer; its figures in one line; two lines and the
 * modes; these set closer; two lines, the modes in a list that opens.
 */
export type CardSize = 'full' | 'snug' | 'short' | 'compact' | 'tight' | 'row';

export interface Track {
  /** Height of a lane and the gap to the next. Pixels. */
  lane: number;
  gap: number;
  /** Above and below the lanes: the heads of the columns and the edges. Pixels. */
  edges: number;
  /** More than that a card needs for a reason of two lines, for the bar of a drain, and for a name of two lines. Pixels. */
  reason: number;
  bar: number;
  name: number;
}

const large = { edges: 40, reason: 16, name: 18 };
const small = { reason: 0, bar: 0, name: 0 };

export const tracks: Record<CardSize, Track> = {
  full: { lane: 168, gap: 12, ...large, bar: 12 },
  snug: { lane: 156, gap: 8, ...large, bar: 10 },
  short: { lane: 125, gap: 8, ...large, bar: 10 },
  compact: { lane: 70, gap: 6, edges: 40, ...small },
  tight: { lane: 63, gap: 4, edges: 32, ...small },
  row: { lane: 46, gap: 3, edges: 32, ...small },
};

const order: readonly CardSize[] = ['full', 'snug', 'short', 'compact', 'tight', 'row'];

/** States whose reason may take two lines. */
const explained: ReadonlySet<EffectiveState> = new Set(['down', 'checking', 'draining']);

export const isSmall = (size: CardSize): boolean => size === 'compact' || size === 'tight' || size === 'row';

/** Characters that fit beside the word for a state in a large card, and in a small one, which is wider. */
const longestName = { large: 15, small: 22 };

/** Whether it may need two lines. */
export const isLongName = ({ label }: Pick<NodeState, 'label'>, size: CardSize): boolean =>
  label.length > longestName[isSmall(size) ? 'small' : 'large'];

interface Sized {
  state: EffectiveState;
  node: Pick<NodeState, 'label'>;
}

/** What the lanes take with cards of a size. Pixels. */
function needs(size: CardSize, lanes: readonly Sized[], rows: number, nameLine: number): number {
  const { lane, gap, edges, reason, bar } = tracks[size];
  const more = lanes.reduce(
    (sum, { state, node }) =>
      sum + (explained.has(state) ? reason : 0) + (state === 'draining' ? bar : 0) + (isLongName(node, size) ? nameLine : 0),
    0,
  );
  return rows * lane + (rows - 1) * gap + edges + more;
}

/** A small card's second line of a name. Pixels. */
const smallNameLine = 16;

/** Whether long names have room for two lines in cards of the size that fits. `heightPx` of the map. */
export function hasTwoLines(size: CardSize, lanes: readonly Sized[], rows: number, heightPx: number): boolean {
  return !isSmall(size) || needs(size, lanes, rows, smallNameLine) <= heightPx;
}

/**
 * The largest card with which every lane is in view, so that no node is below the fold while another one fails.
 * @param rows lanes and empty pools.
 * @param heightPx of the map; 0 while it is not known.
 * @returns the smallest where not even that fits: the map scrolls then, with as many nodes in view as can be.
 */
export function cardSize(lanes: readonly Sized[], rows: number, heightPx: number): CardSize {
  if (heightPx === 0) return 'full';
  return order.find((size) => needs(size, lanes, rows, tracks[size].name) <= heightPx) ?? 'row';
}

/** The large cards from `size` down. */
export const largeFrom = (size: CardSize): CardSize[] => order.slice(order.indexOf(size)).filter((one) => !isSmall(one));
