import type { ListenerState, PoolState } from '../../../shared/model/state.ts';
import type { RequestParams } from '../../bridge/client.ts';

export type RequestFilter = NonNullable<RequestParams<'requests.list'>['filter']>;

/** The filter as it is typed and chosen. */
export interface FilterFields {
  path: string;
  /** "5xx", "404", "none"; empty is any. */
  status: string;
  method: string;
  client: string;
  /** JSON of [pool, node], or empty. */
  node: string;
  /** "listener:web", "pool:web", or empty. */
  place: string;
  retried: boolean;
}

export const noFilter: FilterFields = { path: '', status: '', method: '', client: '', node: '', place: '', retried: false };

/** Reads "5xx" and "5" as a class, "404" as a code, "none" as no answer. @returns null when it is none of these. */
export function readStatus(text: string): Pick<RequestFilter, 'status' | 'statusClass'> | null {
  const word = text.trim().toLowerCase();
  if (word === '') return {};
  if (word === 'none') return { statusClass: 0 };
  const ofClass = /^([1-9])(?:xx)?$/.exec(word);
  if (ofClass) return { statusClass: Number(ofClass[1]) };
  return /^[1-9]\d\d$/.test(word) ? { status: Number(word) } : null;
}

/** The filter as the engine takes it; a status that cannot be read is left out. */
export function toFilter(fields: FilterFields): RequestFilter {
  const filter: RequestFilter = { ...readStatus(fields.status) };
  const path = fields.path.trim();
  const client = fields.client.trim();
  if (path !== '') filter.path = path;
  if (client !== '') filter.client = client;
  if (fields.method !== '') filter.method = fields.method;
  if (fields.retried) filter.retried = true;
  const [kind, ...rest] = fields.place.split(':');
  if (kind === 'listener') filter.listener = rest.join(':');
  if (kind === 'pool') filter.pool = rest.join(':');
  if (fields.node !== '') [filter.pool, filter.node] = JSON.parse(fields.node) as [string, string];
  return filter;
}

export interface FilterChip {
  words: string;
  /** What takes it off. */
  without: Partial<FilterFields>;
}

/** What is filtered by, in words; a status that cannot be read filters nothing. */
export function filterChips(
  fields: FilterFields,
  pools: readonly Pick<PoolState, 'id' | 'name' | 'nodes'>[],
  listeners: readonly Pick<ListenerState, 'id' | 'name'>[],
): FilterChip[] {
  const chips: FilterChip[] = [];
  const add = (words: string, without: Partial<FilterFields>) => chips.push({ words, without });
  const { status, statusClass } = readStatus(fields.status) ?? {};
  if (fields.path.trim() !== '') add(`path has ${fields.path.trim()}`, { path: '' });
  if (fields.method !== '') add(fields.method, { method: '' });
  if (status !== undefined) add(`status ${status}`, { status: '' });
  if (statusClass !== undefined) add(statusClass === 0 ? 'no answer' : `status ${statusClass}xx`, { status: '' });
  if (fields.node !== '') {
    const [pool, node] = JSON.parse(fields.node) as [string, string];
    add(`node ${pools.find(({ id }) => id === pool)?.nodes.find(({ id }) => id === node)?.label ?? node}`, { node: '' });
  }
  const [kind, ...rest] = fields.place.split(':');
  const id = rest.join(':');
  if (kind === 'listener' || kind === 'pool')
    add(`${kind} ${(kind === 'pool' ? pools : listeners).find((one) => one.id === id)?.name ?? id}`, { place: '' });
  if (fields.client.trim() !== '') add(`client has ${fields.client.trim()}`, { client: '' });
  if (fields.retried) add('retried', { retried: false });
  return chips;
}
