import type { Curve } from './curve.ts';

/** How an edge is drawn beside its band; `plain` is a band alone. */
export type EdgeLook = 'plain' | 'down' | 'draining' | 'backup' | 'off';

export interface Edge {
  /** Unique and steady, so that a band eases to its new width instead of jumping. */
  id: string;
  from: string;
  to: string;
  /** Requests a second. */
  rate: number;
  /** Milliseconds a request takes; null when not known. Decides how fast its dots go. */
  latency: number | null;
  look: EdgeLook;
  /** Part of the chosen path. */
  chosen: boolean;
}

/** A card's place in the map's content, in pixels at the usual text size. */
export interface Box {
  left: number;
  right: number;
  /** Middle of its height. */
  y: number;
}

export interface Band extends Edge {
  curve: Curve;
  /** Pixels; 0 for an edge nothing flows through. */
  width: number;
}

/** Narrower and a band cannot be seen. */
const minWidth = 1.5;
/** Room an empty edge takes beside its neighbours. */
const emptyWidth = 6;
/** Between a group of clients and the band that leaves it. */
const clientGap = 6;

const widthOf = (rate: number, pixelsPerRate: number) => (rate > 0 ? Math.max(minWidth, rate * pixelsPerRate) : 0);
const roomOf = (width: number) => (width > 0 ? width : emptyWidth);

/**
 * Places bands on their cards' edges: stacked around the card's middle, sorted by where their other end lies, so that no two
 * of a card cross.
 * @param pixelsPerRate width of a band for each request a second.
 */
export function layBands(edges: readonly Edge[], boxes: ReadonlyMap<string, Box>, pixelsPerRate: number): Band[] {
  const placed = edges.filter((edge) => boxes.has(edge.from) && boxes.has(edge.to));
  const width = new Map(placed.map((edge) => [edge.id, widthOf(edge.rate, pixelsPerRate)]));
  const starts = new Map<string, number>();
  const ends = new Map<string, number>();

  const stack = (side: 'from' | 'to', into: Map<string, number>) => {
    const other = side === 'from' ? 'to' : 'from';
    const cards = new Map<string, Edge[]>();
    for (const edge of placed) {
      const list = cards.get(edge[side]);
      if (list) list.push(edge);
      else cards.set(edge[side], [edge]);
    }
    for (const [card, list] of cards) {
      list.sort((a, b) => boxes.get(a[other])!.y - boxes.get(b[other])!.y);
      const total = list.reduce((sum, edge) => sum + roomOf(width.get(edge.id)!), 0);
      let y = boxes.get(card)!.y - total / 2;
      for (const edge of list) {
        const room = roomOf(width.get(edge.id)!);
        into.set(edge.id, y + room / 2);
        y += room;
      }
    }
  };
  stack('from', starts);
  stack('to', ends);

  return placed.map((edge) => ({
    ...edge,
    width: width.get(edge.id)!,
    curve: {
      x1: boxes.get(edge.from)!.right + (edge.from.startsWith('group:') ? clientGap : 0),
      y1: starts.get(edge.id)!,
      x2: boxes.get(edge.to)!.left,
      y2: ends.get(edge.id)!,
    },
  }));
}
