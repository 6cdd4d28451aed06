import type { Client } from '../../../shared/model/metrics.ts';
import { formatClock, formatCount } from '../../ui/format.ts';

/** Four or five characters for a chip; the whole key is its tooltip. */
export function clientLabel({ key, kind }: Pick<Client, 'key' | 'kind'>): string {
  if (kind === 'cookie') return key.replace(/[^\w]/g, '').slice(0, 4) || key.slice(0, 4);
  if (key.includes(':')) return `…${key.slice(key.lastIndexOf(':') + 1)}`;
  const parts = key.split('.');
  const end = parts.slice(-2).join('.');
  return end.length <= 5 ? end : `…${parts.at(-1) ?? key}`;
}

/** After this long without a request a client is drawn as idle. Milliseconds. */
export const idleMs = 5_000;

export const isIdle = (client: Pick<Client, 'lastSeen'>, now: number): boolean => now - client.lastSeen > idleMs;

/** A client in a line: its key, what it asked and when; a replay knows where it was alone. */
export function clientWords({ key, pinned, requests, lastSeen }: Client): string {
  const seen = Number.isFinite(lastSeen) ? `, ${formatCount(requests)} requests, last ${formatClock(lastSeen)}` : '';
  return `${key}${pinned ? ', pinned' : ''}${seen}`;
}
