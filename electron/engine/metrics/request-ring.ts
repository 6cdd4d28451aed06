import type { RequestRecord, Sampling } from '../../../shared/model/metrics.ts';
import { verdicts, type Verdict } from '../../../shared/model/verdicts.ts';
import type { RequestQuery } from '../api.ts';
import { Sampler } from './sampler.ts';

/** Candidates of one decision that are kept at most. */
export const MAX_CANDIDATES = 32;

/** Code 0 in a decision: nothing is said about this candidate. */
export const NO_VERDICT = 0;

/** The small integer a decision keeps for each word: 1 and up, in the list's order. */
export const verdictCode = Object.fromEntries(verdicts.map((word, i) => [word, i + 1])) as Readonly<Record<Verdict, number>>;

const lastChosen = verdictCode['chosen:retry'];

const MAX_PATH = 2_048;
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** Where the time of a request went; one object, changed by its session as the request goes on. All milliseconds. */
export interface Phases {
  readonly queuedMs: number;
  readonly triedMs: number;
  /** −1: none. */
  readonly connectMs: number;
  /** −1: none. */
  readonly firstByteMs: number;
  /** What the node was asked on. */
  readonly reused: Reused;
}

/** How an attempt came by its connection: not at all, by a new one, by one kept from an earlier request. */
export const Reused = { none: 0, no: 1, yes: 2 } as const;
export type Reused = (typeof Reused)[keyof typeof Reused];

/**
 * A copy that shares no memory with the request head `path` was cut out of; without it ten thousand short paths
 * could keep ten thousand whole heads alive.
 */
function detached(path: string): string {
  const bounded = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH - 1)}…` : path;
  return Buffer.from(bounded, 'utf8').toString('utf8');
}

/**
 * The newest requests (http) and sessions (tcp), as many as `capacity`, in columns: recording one writes numbers and
 * references into arrays that are there already. Objects and words are made when somebody lists them.
 *
 * Above 100 a second one in `every` is recorded (see Sampler), and of those passed over what ended in an error.
 */
export class RequestRing {
  readonly #capacity: number;
  readonly #sampler: Sampler;
  readonly #errorSampler: Sampler;
  readonly #time: Float64Array;
  readonly #duration: Float64Array;
  readonly #status: Uint16Array;
  readonly #retries: Uint8Array;
  readonly #queued: Float64Array;
  readonly #tried: Float64Array;
  readonly #connect: Float64Array;
  readonly #firstByte: Float64Array;
  readonly #reused: Uint8Array;
  readonly #codes: Uint8Array;
  readonly #codeCount: Uint8Array;
  /** Index of the winner when it lies beyond the candidates kept; -1 when it does not. */
  readonly #farWinner: Int32Array;
  readonly #farCode: Uint8Array;
  readonly #listener: string[];
  readonly #pool: string[];
  readonly #client: string[];
  readonly #key: string[];
  readonly #method: string[];
  readonly #path: string[];
  readonly #node: (string | null)[];
  readonly #candidates: (readonly string[])[];
  #recorded = 0;
  #seen = 0;

  /**
   * @param capacity records kept, default 10,000.
   * @param random 0 ≤ n < 1, for the choice within each `every`.
   */
  constructor(capacity = 10_000, random: () => number = Math.random) {
    this.#capacity = capacity;
    this.#sampler = new Sampler(random);
    this.#errorSampler = new Sampler(random);
    this.#time = new Float64Array(capacity);
    this.#duration = new Float64Array(capacity);
    this.#status = new Uint16Array(capacity);
    this.#retries = new Uint8Array(capacity);
    this.#queued = new Float64Array(capacity);
    this.#tried = new Float64Array(capacity);
    this.#connect = new Float64Array(capacity);
    this.#firstByte = new Float64Array(capacity);
    this.#reused = new Uint8Array(capacity);
    this.#codes = new Uint8Array(capacity * MAX_CANDIDATES);
    this.#codeCount = new Uint8Array(capacity);
    this.#farWinner = new Int32Array(capacity);
    this.#farCode = new Uint8Array(capacity);
    this.#listener = Array.from({ length: capacity }, () => '');
    this.#pool = Array.from({ length: capacity }, () => '');
    this.#client = Array.from({ length: capacity }, () => '');
    this.#key = Array.from({ length: capacity }, () => '');
    this.#method = Array.from({ length: capacity }, () => '');
    this.#path = Array.from({ length: capacity }, () => '');
    this.#node = Array.from({ length: capacity }, () => null);
    this.#candidates = Array.from({ length: capacity }, () => []);
  }

  /** Sequence number of the newest record; 0 before the first. */
  get lastSeq(): number {
    return this.#recorded;
  }

  /** What the records stand for. `seen` and `recorded` count since the engine started; `every` is the present one. */
  get sampling(): Sampling {
    return { every: this.#sampler.every, errorsEvery: this.#errorSampler.every, seen: this.#seen, recorded: this.#recorded };
  }

  /**
   * Counts one request or session as seen. Call it exactly once for each.
   * @param nowMs milliseconds of a clock that does not go backwards.
   * @returns whether this one is to be recorded, with `push`.
   */
  shouldRecord(nowMs: number): boolean {
    this.#seen++;
    return this.#sampler.admits(nowMs);
  }

  /**
   * Whether to record one that `shouldRecord` passed over, now that its client has got an error: errors are what people look for.
   * Call it at most once for each.
   * @param nowMs milliseconds of a clock that does not go backwards.
   */
  shouldRecordError(nowMs: number): boolean {
    return this.#errorSampler.admits(nowMs);
  }

  /**
   * Records one request or session; the oldest record makes room.
   * @param time when it began, milliseconds since the epoch.
   * @param key the client's key in its pool's table; empty: none.
   * @param status what the client got; 0 when it got none.
   * @param node the node that served it, or null.
   * @param codes a code (see `verdictCode`) for each candidate in the order of `candidates`; copied. Of more than
   *   32 candidates the first 32 and the winner are kept.
   * @param candidates ids of the pool's nodes at that moment; kept by reference, so it must never change.
   * @param phases copied.
   * @returns its sequence number, from 1 without gaps.
   */
  push(
    time: number,
    listener: string,
    pool: string,
    client: string,
    key: string,
    method: string,
    path: string,
    status: number,
    durationMs: number,
    node: string | null,
    retries: number,
    codes: Uint8Array,
    candidates: readonly string[],
    phases: Phases,
  ): number {
    const slot = this.#recorded % this.#capacity;
    this.#time[slot] = time;
    this.#duration[slot] = durationMs;
    this.#status[slot] = status;
    this.#retries[slot] = retries;
    this.#listener[slot] = listener;
    this.#pool[slot] = pool;
    this.#client[slot] = client;
    this.#key[slot] = key;
    this.#method[slot] = method;
    this.#path[slot] = detached(path);
    this.#node[slot] = node;
    this.#candidates[slot] = candidates;
    this.#queued[slot] = phases.queuedMs;
    this.#tried[slot] = phases.triedMs;
    this.#connect[slot] = phases.connectMs;
    this.#firstByte[slot] = phases.firstByteMs;
    this.#reused[slot] = phases.reused;

    const total = Math.min(codes.length, candidates.length);
    const kept = Math.min(total, MAX_CANDIDATES);
    const start = slot * MAX_CANDIDATES;
    for (let i = 0; i < kept; i++) this.#codes[start + i] = codes[i]!;
    this.#codeCount[slot] = kept;
    this.#farWinner[slot] = -1;
    for (let i = kept; i < total; i++) {
      const code = codes[i]!;
      if (code === NO_VERDICT || code > lastChosen) continue;
      this.#farWinner[slot] = i;
      this.#farCode[slot] = code;
      break;
    }
    return ++this.#recorded;
  }

  /**
   * With `afterSeq`: the records after it, oldest first, up to `limit`. Without: the newest `limit`.
   * In ascending sequence either way. Filters: `client` (address or key) and `path` are found anywhere (case ignored), the others are equal.
   */
  list(query: RequestQuery): { entries: RequestRecord[]; sampling: Sampling } {
    const limit = Math.min(MAX_LIMIT, Math.max(1, Math.floor(query.limit ?? DEFAULT_LIMIT)));
    const oldest = this.#oldestSeq();
    const entries: RequestRecord[] = [];
    const test = this.#test(query.filter);
    if (query.afterSeq === undefined) {
      for (let seq = this.#recorded; seq >= oldest && entries.length < limit; seq--) {
        if (test(this.#slotOf(seq))) entries.push(this.#read(seq));
      }
      entries.reverse();
    } else {
      for (let seq = Math.max(oldest, Math.floor(query.afterSeq) + 1); seq <= this.#recorded && entries.length < limit; seq++) {
        if (test(this.#slotOf(seq))) entries.push(this.#read(seq));
      }
    }
    return { entries, sampling: this.sampling };
  }

  /** Up to `max` records after `seq`, oldest first: what a live view has not seen yet. */
  since(seq: number, max: number): { entries: RequestRecord[]; sampling: Sampling } {
    const entries: RequestRecord[] = [];
    for (let next = Math.max(this.#oldestSeq(), seq + 1); next <= this.#recorded && entries.length < max; next++) {
      entries.push(this.#read(next));
    }
    return { entries, sampling: this.sampling };
  }

  #oldestSeq(): number {
    return Math.max(1, this.#recorded - this.#capacity + 1);
  }

  #slotOf(seq: number): number {
    return (seq - 1) % this.#capacity;
  }

  #test(filter: RequestQuery['filter']): (slot: number) => boolean {
    if (!filter) return () => true;
    const client = filter.client?.toLowerCase();
    const path = filter.path?.toLowerCase();
    return (slot) =>
      (filter.listener === undefined || this.#listener[slot] === filter.listener) &&
      (filter.pool === undefined || this.#pool[slot] === filter.pool) &&
      (filter.node === undefined || this.#node[slot] === filter.node) &&
      (filter.method === undefined || this.#method[slot] === filter.method) &&
      (filter.status === undefined || this.#status[slot] === filter.status) &&
      (filter.statusClass === undefined || Math.floor(this.#status[slot]! / 100) === filter.statusClass) &&
      (filter.retried !== true || this.#retries[slot]! > 0) &&
      (client === undefined || this.#client[slot]!.toLowerCase().includes(client) || this.#key[slot]!.includes(client)) &&
      (path === undefined || this.#path[slot]!.toLowerCase().includes(path));
  }

  #read(seq: number): RequestRecord {
    const slot = this.#slotOf(seq);
    const candidates = this.#candidates[slot]!;
    const why: RequestRecord['why'] = [];
    const explain = (index: number, code: number) => {
      const node = candidates[index];
      const verdict = verdicts[code - 1];
      if (node !== undefined && verdict !== undefined) why.push({ node, verdict });
    };
    const start = slot * MAX_CANDIDATES;
    for (let i = 0; i < this.#codeCount[slot]!; i++) explain(i, this.#codes[start + i]!);
    if (this.#farWinner[slot]! >= 0) explain(this.#farWinner[slot]!, this.#farCode[slot]!);
    return {
      seq,
      time: this.#time[slot]!,
      listener: this.#listener[slot]!,
      pool: this.#pool[slot]!,
      client: this.#client[slot]!,
      key: this.#key[slot] === '' ? null : this.#key[slot]!,
      method: this.#method[slot]!,
      path: this.#path[slot]!,
      status: this.#status[slot]!,
      durationMs: this.#duration[slot]!,
      node: this.#node[slot]!,
      retries: this.#retries[slot]!,
      phases: this.#phasesOf(slot),
      reused: this.#reused[slot] === Reused.none ? null : this.#reused[slot] === Reused.yes,
      why,
    };
  }

  #phasesOf(slot: number): RequestRecord['phases'] {
    const queuedMs = this.#queued[slot]!;
    const triedMs = this.#tried[slot]!;
    const connectMs = this.#connect[slot]!;
    if (queuedMs === 0 && triedMs === 0 && this.#reused[slot] === Reused.none) return null;
    const firstByteMs = this.#firstByte[slot]!;
    return { queuedMs, triedMs, connectMs: connectMs < 0 ? null : connectMs, firstByteMs: firstByteMs < 0 ? null : firstByteMs };
  }
}
