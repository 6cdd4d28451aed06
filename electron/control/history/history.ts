import type { JournalEntry, JournalKind } from '../../../shared/model/journal.ts';
import type { RequestRecord, TrafficTick } from '../../../shared/model/metrics.ts';
import type { Run } from '../../../shared/model/run.ts';
import type { EngineApi } from '../../engine/api.ts';
import { isHarmed, isIncident } from './harm.ts';
import { touches, type HistoryLog } from './history-log.ts';
import { Budget } from './budget.ts';
import { cutRun } from './cut-run.ts';
import type { ClientPlaces, HistoryRecord } from './records.ts';
import { TickGatherer } from './tick-gatherer.ts';
import { whereClientsAre } from './where-clients-are.ts';

/** A checkpoint is written this often, and at once when the structure changes. Milliseconds. */
const checkpointMs = 60_000;
/** All clients' places are written this often, between them only what changed. Milliseconds. */
const wholeMs = 600_000;
/** Changes of structure come in bunches; one checkpoint does for them. Milliseconds. */
const settleMs = 200;
/** How many parts of the log one question about the journal may read. */
const maxSegments = 16;

/** Which entries of the journal are asked for. */
export interface EntryQuery {
  afterSeq?: number | undefined;
  beforeSeq?: number | undefined;
  /** Milliseconds since the epoch, both included. */
  from?: number | undefined;
  to?: number | undefined;
  kinds?: readonly JournalKind[] | undefined;
  /** 1–1,000. */
  limit: number;
}

export interface HistoryOptions {
  log: HistoryLog;
  engine: Pick<EngineApi, 'snapshot' | 'listClients'>;
  /** Evenkeel's version, for the runs it cuts. */
  app: string;
  now?: () => number;
}

/** Remembers what happened: the journal, the traffic, the requests that went wrong, and now and then the whole state. */
export class History {
  readonly #log: HistoryLog;
  readonly #engine: HistoryOptions['engine'];
  readonly #app: string;
  readonly #now: () => number;
  readonly #ticks: TickGatherer;
  /** Requests written at most: a burst of 1,000, then five a second. */
  readonly #requests: Budget;
  readonly #places = new Map<string, { pool: string; key: string; node: string }>();
  #wholeAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;
  #closed = false;

  constructor(options: HistoryOptions) {
    this.#log = options.log;
    this.#engine = options.engine;
    this.#app = options.app;
    this.#now = options.now ?? Date.now;
    this.#requests = new Budget(1_000, 5, this.#now);
    this.#ticks = new TickGatherer((record) => {
      this.#log.append(record);
    });
  }

  /** Begins to write checkpoints. The engine runs. */
  start(): void {
    if (this.#timer || this.#closed) return;
    this.#timer = setInterval(() => void this.checkpoint(), checkpointMs);
    this.#timer.unref();
    void this.checkpoint();
  }

  entry(entry: JournalEntry): void {
    this.#log.append({ entry });
    if (isIncident(entry)) this.#ticks.incident(entry.time);
    // Only once it has been started: before that there is nothing to see.
    if (this.#timer && (entry.kind === 'config.applied' || entry.kind === 'engine.restarted')) this.structureChanged();
  }

  tick(tick: TrafficTick): void {
    this.#ticks.push(tick);
  }

  requests(records: readonly RequestRecord[]): void {
    const kept = records.filter((record) => isHarmed(record) && this.#requests.take());
    if (kept.length > 0) this.#log.append({ requests: kept });
  }

  /** Listeners, pools or nodes came, went or changed places. */
  structureChanged(): void {
    if (this.#soon || this.#closed) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      void this.checkpoint();
    }, settleMs);
    this.#soon.unref();
  }

  /** Writes the engine's state down, and where the clients are. Harmless when the engine does not run. */
  checkpoint(): Promise<void> {
    this.#checking ??= this.#checkpoint().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #checkpoint(): Promise<void> {
    let state;
    let clients;
    try {
      state = await this.#engine.snapshot();
      clients = await whereClientsAre(this.#engine);
    } catch {
      // The engine is being started anew; engine.restarted asks again.
      return;
    }
    if (this.#closed) return;
    const at = this.#now();
    this.#log.append({ state, at });
    const whole = at - this.#wholeAt >= wholeMs;
    const changed = whole ? clients : clients.filter(({ pool, key, node }) => this.#places.get(placeKey(pool, key))?.node !== node);
    if (whole) {
      this.#wholeAt = at;
      this.#places.clear();
    }
    for (const place of clients) this.#places.set(placeKey(place.pool, place.key), place);
    if (whole || changed.length > 0) this.#log.append({ clients: byNode(changed), whole, at });
  }

  span(): { oldest: number | null; newest: number | null; bytes: number; onDisk: boolean } {
    return { ...this.#log.span(), onDisk: this.#log.onDisk };
  }

  /**
   * A stretch of the past as a run, without a name of its own.
   * @param from Milliseconds since the epoch.
   * @param to At most 24 h later.
   * @throws what the engine throws when nothing at all has been recorded and it does not run.
   */
  async range(from: number, to: number): Promise<Run> {
    const until = Math.min(to, this.#now());
    if (until >= this.#now() - 2 * checkpointMs) this.#ticks.flush();
    const records: HistoryRecord[] = [];
    for await (const part of this.#log.read(touches(from - wholeMs - checkpointMs, until))) {
      // One by one: a segment has more records than a call may have arguments.
      for (const record of part) records.push(record);
    }
    const state = records.some((record) => 'state' in record) ? undefined : await this.#engine.snapshot();
    return cutRun({ records, from, to: Math.max(until, from), app: this.#app, state });
  }

  /** Entries of the log, oldest first: the first `limit` after `afterSeq`, or else the newest `limit`. */
  async entries(query: EntryQuery): Promise<JournalEntry[]> {
    const { afterSeq, limit, kinds } = query;
    const after = afterSeq ?? 0;
    const before = query.beforeSeq ?? Number.POSITIVE_INFINITY;
    const from = query.from ?? Number.NEGATIVE_INFINITY;
    const to = query.to ?? Number.POSITIVE_INFINITY;
    const wanted = kinds && new Set(kinds);
    const fits = (entry: JournalEntry): boolean =>
      entry.seq > after && entry.seq < before && entry.time >= from && entry.time <= to && (!wanted || wanted.has(entry.kind));
    const order = afterSeq === undefined ? 'newest' : 'oldest';
    let found: JournalEntry[] = [];
    let segments = 0;
    const choose = touches(from, to);
    for await (const records of this.#log.read(
      (bounds) => bounds.lastSeq > after && bounds.firstSeq < before && bounds.firstSeq > 0 && choose(bounds),
      order,
    )) {
      const fitting = records.flatMap((record) => ('entry' in record && fits(record.entry) ? [record.entry] : []));
      found = order === 'oldest' ? found.concat(fitting) : fitting.concat(found);
      if (found.length >= limit || ++segments >= maxSegments) break;
    }
    return order === 'oldest' ? found.slice(0, limit) : found.slice(-limit);
  }

  /** Writes what is left; nothing is remembered any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#ticks.flush();
    await this.#log.close();
  }
}

const placeKey = (pool: string, key: string): string => JSON.stringify([pool, key]);

function byNode(places: Run['clients']): ClientPlaces {
  const lists = new Map<string, ClientPlaces[number]>();
  for (const { pool, key, node } of places) {
    const at = placeKey(pool, node);
    const list = lists.get(at);
    if (list) list[2].push(key);
    else lists.set(at, [pool, node, [key]]);
  }
  return [...lists.values()];
}
