import type { Box, Edge } from './bands.ts';

/** The part of the map's content in which lanes are seen, in pixels at the usual text size. */
export interface View {
  top: number;
  bottom: number;
}

/** From the edge of that part to the middle of the line that says what is beyond it. Pixels. */
const beyond = 14;

export interface Bundled {
  edges: Edge[];
  boxes: ReadonlyMap<string, Box>;
  /** By the id of an edge that is out of view, that of the one it is drawn in. */
  within: ReadonlyMap<string, string>;
}

/** The end of an edge that has a lane: a group of clients it comes from, or the node it leads to. */
function laneEnd({ from, to }: Edge): { lane: string; hub: string; side: 'from' | 'to' } | undefined {
  if (from.startsWith('group:')) return { lane: from, hub: to, side: 'from' };
  if (to.startsWith('node:')) return { lane: to, hub: from, side: 'to' };
  return undefined;
}

/**
 * Ties the edges whose lane is out of view together, one bundle for each card and direction: 200 bands would not fit the side of a
 * card, and most of them would lead nowhere.
 * @param view null: all lanes are in view.
 */
export function bundleEdges(edges: readonly Edge[], boxes: ReadonlyMap<string, Box>, view: View | null): Bundled {
  const within = new Map<string, string>();
  if (!view) return { edges: [...edges], boxes, within };
  const bundles = new Map<string, { edge: Edge; weighed: number; known: number }>();
  const placed = new Map(boxes);
  const kept: Edge[] = [];
  for (const edge of edges) {
    const end = laneEnd(edge);
    const box = end && boxes.get(end.lane);
    const where = !box ? undefined : box.y < view.top ? 'above' : box.y > view.bottom ? 'below' : undefined;
    if (!end || !box || !where) {
      kept.push(edge);
      continue;
    }
    const hub = boxes.get(end.hub);
    // A pool that is out of view itself, with its lanes.
    if (!hub || (where === 'above' ? hub.y < view.top : hub.y > view.bottom)) continue;
    const place = `${end.side === 'from' ? 'group' : 'node'}:${where}`;
    const id = `${place}:${end.hub}`;
    within.set(edge.id, id);
    const bundle = bundles.get(id);
    if (bundle) {
      const { edge: sum } = bundle;
      sum.rate += edge.rate;
      sum.chosen ||= edge.chosen;
      if (sum.look !== edge.look) sum.look = sum.rate > 0 ? 'plain' : 'off';
      if (edge.latency !== null) {
        bundle.weighed += edge.latency * edge.rate;
        bundle.known += edge.rate;
        sum.latency = bundle.known > 0 ? bundle.weighed / bundle.known : edge.latency;
      }
      continue;
    }
    placed.set(place, { ...box, y: where === 'above' ? view.top - beyond : view.bottom + beyond });
    const sum = { ...edge, id, [end.side]: place };
    bundles.set(id, { edge: sum, weighed: (edge.latency ?? 0) * edge.rate, known: edge.latency === null ? 0 : edge.rate });
    kept.push(sum);
  }
  return { edges: kept, boxes: placed, within };
}
