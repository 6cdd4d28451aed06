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
