import type { JournalEntry } from '../../../shared/model/journal.ts';
import { formatClock } from '../../ui/format.ts';

/** How long ago, short enough for a column: "0.2 s", "41 s", "12 min", "3 h". */
export function sayAgo(ms: number): string {
  const s = Math.max(0, ms) / 1000;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86_400)} d`;
}

/** A time of day, with the date when it was not today. */
export function saySince(time: number, now: number): string {
  const then = new Date(time);
  if (then.toDateString() === new Date(now).toDateString()) return formatClock(time);
  return `${then.getDate()} ${then.toLocaleString('en-US', { month: 'short' })} ${formatClock(time).slice(0, 5)}`;
}

/** Moves later than this after a node's change are not laid to it. */
const followsMs = 60_000;

/** What happened to the node a client left, shortly before it did. */
function whyLeft(entries: readonly JournalEntry[], at: number, name: (node: string) => string): string {
  const move = entries[at]!;
  for (let i = at - 1; i >= 0 && move.time - entries[i]!.time < followsMs; i--) {
    const entry = entries[i]!;
    if (entry.pool !== move.pool || entry.node !== move.from) continue;
    if (entry.kind === 'node.down') return `, after ${name(move.from!)} went down`;
    if (entry.kind === 'node.mode') return `, after ${name(move.from!)} was set to ${entry.to ?? 'another mode'}`;
  }
  return '';
}

export interface HistoryItem {
  key: string;
  title: string;
  detail: string;
}

/** What the journal knows of one client, newest first. */
export function clientHistory(entries: readonly JournalEntry[], pool: string, key: string, name: (node: string) => string): HistoryItem[] {
  const items: HistoryItem[] = [];
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i]!;
    if (entry.client !== key || entry.pool !== pool) continue;
    const time = formatClock(entry.time);
    const why = entry.reason ? `, ${entry.reason}` : entry.from ? whyLeft(entries, i, name) : '';
    if (entry.kind === 'client.moved')
      items.push({
        key: String(entry.seq),
        title: entry.from && entry.to ? `Moved from ${name(entry.from)} to ${name(entry.to)}` : `Moved to ${name(entry.to ?? '—')}`,
        detail: `${time}${why}`,
      });
    else if (entry.kind === 'client.pinned')
      items.push({ key: String(entry.seq), title: `Pinned to ${name(entry.to ?? entry.node ?? '—')}`, detail: `${time}${why}` });
    else if (entry.kind === 'client.released') items.push({ key: String(entry.seq), title: 'Unstuck', detail: `${time}${why}` });
  }
  return items;
}

/** The node a client was pinned to last; undefined when the journal does not remember, or it was released since. */
export function pinTarget(entries: readonly JournalEntry[], pool: string, key: string): string | undefined {
  const last = entries.findLast(
    (entry) => entry.client === key && entry.pool === pool && (entry.kind === 'client.pinned' || entry.kind === 'client.released'),
  );
  return last?.kind === 'client.pinned' ? (last.to ?? last.node) : undefined;
}
