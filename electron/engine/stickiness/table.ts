/** One client of a pool. `node` is null between the moment its node went away and its next request. */
export interface StickyClient<N> {
  /** Address, or the public id of a cookie client. */
  readonly key: string;
  node: N | null;
  /** Id of the last node it was on, for telling a move from a first placement. */
  lastNode: string;
  /** A person's choice; overrides the algorithm while that node can serve. */
  pinned: N | null;
  /** When the entry was added, and when it came to its node; milliseconds since the epoch. */
  added: number;
  since: number;
  lastSeen: number;
  moves: number;
  requests: number;
  /** When the first of its requests was counted; milliseconds since the epoch. */
  readonly countedFrom: number;
  /** The ten seconds of its newest request, as their number since the epoch, its requests in them, and in the ten before. */
  slice: number;
  inSlice: number;
  inLast: number;
  /** It has had a node beyond its first request, so another node is a move. */
  settled: boolean;
  /** How its node was chosen when it came there: a verdict code of metrics/request-ring.ts. Its pool's to set. */
  how: number;
  /** The node it came from and why it left there, in words, when it came by moving; else empty. Its pool's to set. */
  from: string;
  reason: string;
  /** When the table last put it in its place in the order of endings. */
  ordered: number;
  /** Cookie clients: the value they hold now. */
  cookie: string;
}

/** What a table needs to know of a node: a counter it keeps. */
export interface StickyNode {
  readonly id: string;
  stickyClients: number;
}

const sliceMs = 10_000;
/** A rate over less says nothing. Milliseconds. */
const leastMs = 2_000;

export interface TableOptions {
  /** `added`: entries end `ttlMs` after being added (address clients). `seen`: after being unseen that long (cookie clients). */
  expires: 'added' | 'seen';
  /** 1,000 or more. */
  ttlMs: number;
  /** The entry that would end first goes when there are more; pinned ones only when nothing else is left. */
  maxEntries: number;
}

/**
 * Which client is on which node. The map's order is the order in which entries end, so expiry and eviction look at its
 * front only; pinned entries do not end.
 */
export class ClientTable<N extends StickyNode> {
  private readonly entries = new Map<string, StickyClient<N>>();
  private options: TableOptions;

  constructor(options: TableOptions) {
    this.options = options;
  }

  get size(): number {
    return this.entries.size;
  }

  configure(options: TableOptions): void {
    this.options = options;
    this.evict();
  }

  /** The client's entry, unless it has ended. Does not count as being seen. */
  find(key: string, now: number): StickyClient<N> | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || this.holds(entry, now)) return entry;
    this.remove(entry);
    return undefined;
  }

  /** Whether an entry once found is still in force. */
  holds(entry: StickyClient<N>, now: number): boolean {
    return entry.pinned !== null || this.endOf(entry) > now;
  }

  /** Adds a client that has no entry. */
  add(key: string, node: N, now: number): StickyClient<N> {
    const entry: StickyClient<N> = {
      key,
      node: null,
      lastNode: node.id,
      pinned: null,
      added: now,
      since: now,
      lastSeen: now,
      moves: 0,
      requests: 0,
      countedFrom: now,
      slice: 0,
      inSlice: 0,
      inLast: 0,
      settled: false,
      how: 0,
      from: '',
      reason: '',
      ordered: now,
      cookie: '',
    };
    this.entries.set(key, entry);
    this.attach(entry, node);
    this.evict();
    return entry;
  }

  /** Notes a request of the client. */
  seen(entry: StickyClient<N>, now: number): void {
    entry.lastSeen = now;
    entry.requests++;
    const slice = Math.floor(now / sliceMs);
    if (slice !== entry.slice) {
      entry.inLast = slice === entry.slice + 1 ? entry.inSlice : 0;
      entry.inSlice = 0;
      entry.slice = slice;
    }
    entry.inSlice++;
    // Keeping the order exact for every request would cost two map operations each; a second is exact enough.
    if (this.options.expires === 'seen' && now - entry.ordered > 1000) this.moveToBack(entry, now);
  }

  /**
   * Its requests a second: all it made in the last 10 to 20 seconds, by how long these were.
   * @returns null for a client so new that nothing can be said, in its first two seconds.
   */
  rate(entry: StickyClient<N>, now: number): number | null {
    const slice = Math.floor(now / sliceMs);
    const overMs = now - Math.max((slice - 1) * sliceMs, entry.countedFrom);
    if (overMs < leastMs) return null;
    const age = slice - entry.slice;
    const requests = age === 0 ? entry.inSlice + entry.inLast : age === 1 ? entry.inSlice : 0;
    return (requests * 1_000) / overMs;
  }

  /**
   * Puts the client on another node.
   * @returns the id of the node it was on, when that is another one: a move.
   */
  place(entry: StickyClient<N>, node: N, now: number): string | undefined {
    if (entry.node === node) return undefined;
    const from = entry.lastNode;
    this.detach(entry);
    this.attach(entry, node);
    entry.since = now;
    if (this.options.expires === 'added') {
      entry.added = now;
      this.moveToBack(entry, now);
    }
    if (from === node.id) return undefined;
    entry.lastNode = node.id;
    entry.moves++;
    return from;
  }

  /**
   * Takes every client off a node; each is placed anew by its next request.
   * @param pins `keepPinned` leaves those there whom a person pinned to it. Default: all go, the node cannot have them any more.
   * @returns how many.
   */
  dropNode(node: N, pins?: 'keepPinned'): number {
    let dropped = 0;
    for (const entry of this.entries.values()) {
      if (entry.node === node && !(pins === 'keepPinned' && entry.pinned === node)) {
        this.detach(entry);
        dropped++;
      }
    }
    return dropped;
  }

  /** The client stays where it is, but only as others do. Its time begins anew: it may have run out while a pin held it. */
  unpin(entry: StickyClient<N>, now: number): void {
    entry.pinned = null;
    entry.added = now;
    this.moveToBack(entry, now);
  }

  /** Takes one client off its node; it is placed anew by its next request. */
  takeOff(entry: StickyClient<N>): void {
    this.detach(entry);
  }

  /** Forgets pins to a node that is gone for good. */
  unpinNode(node: N, now: number): void {
    const pinned = [...this.entries.values()].filter((entry) => entry.pinned === node);
    for (const entry of pinned) this.unpin(entry, now);
  }

  remove(entry: StickyClient<N>): void {
    if (!this.entries.delete(entry.key)) return;
    this.detach(entry);
    this.onRemove?.(entry);
  }

  clear(): void {
    for (const entry of [...this.entries.values()]) this.remove(entry);
  }

  /** Called for each entry that leaves the table, however it does. */
  onRemove: ((entry: StickyClient<N>) => void) | undefined;

  /** Drops what has ended; call it about once a second. */
  sweep(now: number): void {
    let budget = this.entries.size;
    for (const entry of this.entries.values()) {
      if (budget-- <= 0) return;
      if (entry.pinned !== null) {
        // Out of the way of those behind it.
        this.moveToBack(entry, now);
      } else if (this.endOf(entry) <= now) this.remove(entry);
      else return;
    }
  }

  values(): IterableIterator<StickyClient<N>> {
    return this.entries.values();
  }

  /** When the entry ends, milliseconds since the epoch; null for pinned ones. */
  expiry(entry: StickyClient<N>): number | null {
    return entry.pinned === null ? this.endOf(entry) : null;
  }

  private endOf(entry: StickyClient<N>): number {
    // A client is never added after it was last seen, unless its time began anew.
    return (this.options.expires === 'added' ? entry.added : Math.max(entry.lastSeen, entry.added)) + this.options.ttlMs;
  }

  private moveToBack(entry: StickyClient<N>, now: number): void {
    entry.ordered = now;
    this.entries.delete(entry.key);
    this.entries.set(entry.key, entry);
  }

  private evict(): void {
    let pinnedPassed = 0;
    while (this.entries.size > this.options.maxEntries) {
      const first: StickyClient<N> | undefined = this.entries.values().next().value;
      if (first === undefined) return;
      if (first.pinned !== null && pinnedPassed++ < this.entries.size) this.moveToBack(first, first.ordered);
      else this.remove(first);
    }
  }

  private attach(entry: StickyClient<N>, node: N): void {
    entry.node = node;
    node.stickyClients++;
  }

  private detach(entry: StickyClient<N>): void {
    if (entry.node === null) return;
    entry.node.stickyClients--;
    entry.node = null;
  }
}
