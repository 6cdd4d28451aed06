import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { RequestRecord, TrafficTick } from '../../../shared/model/metrics.ts';
import type { EngineSnapshot } from '../../../shared/model/state.ts';

/** Where clients are: pool, node, keys. */
export type ClientPlaces = [pool: string, node: string, keys: string[]][];

/**
 * One thing the history remembers; on disk one line of JSON. Exactly one of the fields is there.
 *
 * - `entry`: a fact of the journal.
 * - `tick`: the traffic of a second (of up to ten, when nothing happened), tenths added up.
 * - `tenths`: the same second in tenths, beside the `tick` of the same time; kept around incidents.
 * - `requests`: requests that were retried or lost.
 * - `state`: the engine's state at `at`.
 * - `clients`: where clients are at `at`: all (`whole`), or those that came or went elsewhere since the last such record.
 */
export type HistoryRecord =
  | { entry: JournalEntry }
  | { tick: TrafficTick }
  | { tenths: TrafficTick[] }
  | { requests: RequestRecord[] }
  | { state: EngineSnapshot; at: number }
  | { clients: ClientPlaces; whole: boolean; at: number };

/** When it happened, milliseconds since the epoch. */
export function timeOf(record: HistoryRecord): number {
  if ('entry' in record) return record.entry.time;
  if ('tick' in record) return record.tick.time;
  if ('tenths' in record) return record.tenths.at(-1)?.time ?? 0;
  if ('requests' in record) return record.requests.at(-1)?.time ?? 0;
  return record.at;
}

/** 0 for what is no entry. */
export function seqOf(record: HistoryRecord): number {
  return 'entry' in record ? record.entry.seq : 0;
}

/** Three decimals are a thousandth of a millisecond: more digits only take room. */
function short(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1_000) / 1_000 : value;
}

/** One line, without its end. */
export function encode(record: HistoryRecord): string {
  // Entries have no such numbers, and come by the hundred.
  return 'entry' in record ? JSON.stringify(record) : JSON.stringify(record, short);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** @returns undefined when the line is damaged, or says nothing this version knows. */
export function decode(line: string): HistoryRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { entry, tick, tenths, requests, state, clients, at } = value;
  const known =
    (isObject(entry) && typeof entry['seq'] === 'number' && typeof entry['time'] === 'number' && typeof entry['kind'] === 'string') ||
    isTick(tick) ||
    (Array.isArray(tenths) && tenths.length > 0 && tenths.every(isTick)) ||
    (Array.isArray(requests) && requests.length > 0 && requests.every((one) => isObject(one) && typeof one['time'] === 'number')) ||
    (typeof at === 'number' && isObject(state) && Array.isArray(state['pools']) && Array.isArray(state['listeners'])) ||
    (typeof at === 'number' && Array.isArray(clients));
  return known ? (value as HistoryRecord) : undefined;
}

function isTick(value: unknown): boolean {
  return isObject(value) && typeof value['time'] === 'number' && Array.isArray(value['listeners']) && Array.isArray(value['nodes']);
}
