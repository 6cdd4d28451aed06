import type { ListenerConfig, PoolConfig } from '../../shared/model/config.ts';
import type { ConfigIssue } from '../../shared/model/validate.ts';

/** Listeners and pools that run beside the saved configuration and are never saved: the lab's demo. */
export interface Overlay {
  listeners: ListenerConfig[];
  pools: PoolConfig[];
}

type Raw = Record<string, unknown>;
const lists = ['listeners', 'pools'] as const;

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const idOf = (item: unknown): unknown => (isObject(item) ? item['id'] : undefined);

/** The document and the overlay as one; the overlay's things stand last, so that the document's keep their numbers. */
export function withOverlay(document: unknown, overlay: Overlay | null): unknown {
  if (!overlay || !isObject(document)) return document;
  const out: Raw = { ...document };
  for (const list of lists) {
    const own = document[list];
    if (own === undefined || Array.isArray(own)) out[list] = [...((own as unknown[] | undefined) ?? []), ...overlay[list]];
  }
  return out;
}

/** A configuration somebody sent back whole, taken apart again. */
export interface Split {
  /** What is to be saved. */
  document: unknown;
  /** The overlay's things as they were sent, so that they can be edited like any other while they run; null when none is left. */
  overlay: Overlay | null;
  /** An issue found in `withOverlay(document, overlay)`, with its path in what was sent. */
  original(issue: ConfigIssue): ConfigIssue;
}

/** Takes what belongs to the running overlay out of what was sent. */
export function splitOverlay(raw: unknown, running: Overlay | null): Split {
  if (!running || !isObject(raw)) return { document: raw, overlay: null, original: (issue) => issue };
  const document: Raw = { ...raw };
  const overlay: Record<(typeof lists)[number], unknown[]> = { listeners: [], pools: [] };
  const places: Record<string, number[]> = {};
  for (const list of lists) {
    const items: unknown = raw[list];
    if (!Array.isArray(items)) continue;
    const ids = new Set<unknown>(running[list].map((item) => item.id));
    const own: unknown[] = [];
    const ownAt: number[] = [];
    const overlayAt: number[] = [];
    items.forEach((item: unknown, i) => {
      const mine = ids.has(idOf(item));
      (mine ? overlay[list] : own).push(item);
      (mine ? overlayAt : ownAt).push(i);
    });
    document[list] = own;
    places[list] = [...ownAt, ...overlayAt];
  }
  const left = overlay.listeners.length + overlay.pools.length > 0;
  return {
    document,
    // Their shape is checked with everything else's, when the whole is parsed.
    overlay: left ? (overlay as unknown as Overlay) : null,
    original: (issue) => ({
      ...issue,
      path: issue.path.replace(
        /^(listeners|pools)\[(\d+)\]/,
        (_all, list: string, i: string) => `${list}[${places[list]?.[Number(i)] ?? i}]`,
      ),
    }),
  };
}
