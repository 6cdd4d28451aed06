import type { JournalEntry, JournalKind } from '../../../shared/model/journal.ts';
import type { PoolState } from '../../../shared/model/state.ts';
import { formatClock } from '../../ui/format.ts';

/** What is marked on the charts; of several in one mark the first of this list gives its glyph. */
export const markedKinds = [
  'node.down',
  'listener.error',
  'certificate.problem',
  'lab.fault',
  'node.up',
  'node.mode',
  'lab.healed',
  'config.applied',
  'certificate.reloaded',
  'engine.restarted',
] as const satisfies readonly JournalKind[];

const marked: ReadonlySet<JournalKind> = new Set(markedKinds);

export const isMarked = (entry: JournalEntry) => marked.has(entry.kind);

const certificateOf = (entry: JournalEntry, node: string) =>
  entry.certificate === undefined ? `The authority of ${node}` : `Certificate ${entry.certificate}`;

/** One sentence for one entry: "14:03:07 api-2 is down: 2 of 2 checks timed out". */
export function eventWords(entry: JournalEntry, pools: readonly PoolState[]): string {
  const node = pools.find(({ id }) => id === entry.pool)?.nodes.find(({ id }) => id === entry.node)?.label ?? entry.node ?? 'a node';
  const why = entry.reason ? `: ${entry.reason}` : '';
  const words = () => {
    switch (entry.kind) {
      case 'node.down':
        return `${node} is down${why}`;
      case 'node.up':
        return `${node} is up${why}`;
      case 'node.mode':
        return `${node} was set from ${entry.from ?? 'another mode'} to ${entry.to ?? 'another'}`;
      case 'config.applied': {
        const changed = entry.changed ?? [];
        const named = changed.slice(0, 3).join(', ');
        return `Configuration applied${named ? `: ${named}${changed.length > 3 ? ` and ${changed.length - 3} more` : ''}` : ''}`;
      }
      case 'listener.error':
        return `Listener ${entry.listener ?? ''} is not open${why}`;
      case 'engine.restarted':
        return `The engine was restarted${why}`;
      // What the Lab did says whom it did it to.
      case 'lab.fault':
        return entry.reason ?? `${node} was broken in the Lab`;
      case 'lab.healed':
        return entry.reason ?? `${node} is well again (Lab)`;
      case 'certificate.reloaded':
        return `${certificateOf(entry, node)} was reloaded${why}`;
      case 'certificate.problem':
        return `${certificateOf(entry, node)} has a problem${why}`;
      default:
        return entry.kind;
    }
  };
  return `${formatClock(entry.time)} ${words()}`;
}

export interface Marker {
  /** Where it stands, 0 (left) to 1 (right). */
  at: number;
  /** What is loudest in it: its glyph. */
  kind: JournalKind;
  entries: JournalEntry[];
}

/** Marks on a line at most: more are a block that says nothing. */
const mostMarks = 16;

/**
 * Events as marks on a line of `width` pixels: those closer than `apart` pixels are one mark, so that none hides another; where there
 * would still be too many, those further apart are one, too.
 * @param entries Oldest first.
 */
export function markersOf(entries: readonly JournalEntry[], from: number, to: number, width: number, apart = 40): Marker[] {
  const markers: Marker[] = [];
  for (const entry of entries) {
    if (!isMarked(entry) || entry.time < from || entry.time > to) continue;
    const at = (entry.time - from) / (to - from);
    const last = markers.at(-1);
    if (last && (at - last.at) * width < apart) {
      last.entries.push(entry);
      if (markedKinds.indexOf(entry.kind as never) < markedKinds.indexOf(last.kind as never)) last.kind = entry.kind;
    } else markers.push({ at, kind: entry.kind, entries: [entry] });
  }
  return markers.length > mostMarks && apart < width ? markersOf(entries, from, to, width, apart * 1.5) : markers;
}
