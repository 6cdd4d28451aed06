import type { EffectiveState } from '../../ui/effective-state.ts';

/**
 * How much a node's card says, the most first: all with a sparkline; the same set closer; its figures in one line; two lines and the
 * modes; these set closer; two lines, the mode as a word.
 */
export type CardSize = 'full' | 'snug' | 'short' | 'compact' | 'tight' | 'row';

export interface Track {
  /** Height of a lane and the gap to the next. Pixels. */
  lane: number;
  gap: number;
  /** Above and below the lanes: the heads of the columns and the edges. Pixels. */
  edges: number;
  /** More than that a card needs for a reason of two lines, and for the bar of a drain. Pixels. */
  reason: number;
  bar: number;
}

const large = { edges: 40, reason: 16 };
const small = { reason: 0, bar: 0 };

export const tracks: Record<CardSize, Track> = {
  full: { lane: 168, gap: 12, ...large, bar: 12 },
  snug: { lane: 156, gap: 8, ...large, bar: 10 },
  short: { lane: 125, gap: 8, ...large, bar: 10 },
  compact: { lane: 70, gap: 6, edges: 40, ...small },
  tight: { lane: 63, gap: 4, edges: 32, ...small },
  row: { lane: 44, gap: 4, edges: 32, ...small },
};

const order: readonly CardSize[] = ['full', 'snug', 'short', 'compact', 'tight', 'row'];

/** States whose reason may take two lines. */
const explained: ReadonlySet<EffectiveState> = new Set(['down', 'checking', 'draining']);

export const isSmall = (size: CardSize): boolean => size === 'compact' || size === 'tight' || size === 'row';

/**
 * The largest card with which every lane is in view, so that no node is below the fold while another one fails.
 * @param rows lanes and empty pools.
 * @param heightPx of the map; 0 while it is not known.
 * @returns `compact` where not even the smallest fit: the map scrolls then, and each node can be acted on.
 */
export function cardSize(lanes: readonly { state: EffectiveState }[], rows: number, heightPx: number): CardSize {
  if (heightPx === 0) return 'full';
  const needs = (size: CardSize): number => {
    const { lane, gap, edges, reason, bar } = tracks[size];
    const more = lanes.reduce((sum, { state }) => sum + (explained.has(state) ? reason : 0) + (state === 'draining' ? bar : 0), 0);
    return rows * lane + (rows - 1) * gap + edges + more;
  };
  return order.find((size) => needs(size) <= heightPx) ?? 'compact';
}
