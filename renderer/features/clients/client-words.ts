import type { JournalEntry, JournalKind } from '../../../shared/model/journal.ts';
import type { Client } from '../../../shared/model/metrics.ts';
import { formatClock } from '../../ui/format.ts';
import { placedWords } from '../../ui/placed-words.ts';

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

/** What is left, to the second: "29:41", "1:02:09"; "ending" when nothing is. */
export function countdown(ms: number): string {
  const s = Math.ceil(ms / 1000);
  if (s <= 0) return 'ending';
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** What the journal says of clients. */
export const clientKinds = [
  'client.moved',
  'client.pinned',
  'client.unpinned',
  'client.released',
] as const satisfies readonly JournalKind[];

export interface HistoryItem {
  key: string;
  title: string;
  detail: string;
}

/** What the journal knows of one client, newest first. */
export function clientHistory(entries: readonly JournalEntry[], pool: string, key: string, name: (node: string) => string): HistoryItem[] {
  const items: HistoryItem[] = [];
  for (let i = entries.length - 1; i >= 0; i--) {
    const { kind, seq, time, client, pool: of, node = '—', from, to, reason } = entries[i]!;
    if (client !== key || of !== pool) continue;
    const detail = `${formatClock(time)}${reason ? `, ${reason}` : ''}`;
    const add = (title: string) => items.push({ key: String(seq), title, detail });
    if (kind === 'client.moved') add(from && to ? `Moved from ${name(from)} to ${name(to)}` : `Moved to ${name(to ?? node)}`);
    else if (kind === 'client.pinned') add(`Pinned to ${name(to ?? node)}`);
    else if (kind === 'client.unpinned') add(`Pin taken off, stays on ${name(node)}`);
    else if (kind === 'client.released') add('Unstuck');
  }
  return items;
}

/** Why a client is where it is: the heading, and how the node was chosen. */
export function whyThere({ from, reason, how, moves }: Client, name: (node: string) => string): [because: string, chosen: string] {
  const chosen = placedWords(how).long;
  if (from !== null) return [`It came from ${name(from)}${reason === null ? '' : `: ${reason}`}.`, how === 'chosen:pinned' ? '' : chosen];
  if (how === 'chosen:sticky-cookie') return ['It belongs here by its cookie.', chosen];
  return [moves === 0 ? 'Its first request was sent here.' : 'It was placed here anew.', chosen];
}
