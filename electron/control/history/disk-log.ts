import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { constants, open, readFile, rename, unlink, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip } from 'node:zlib';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import { fileProblem } from '../../store/json-file.ts';
import { makeFolder } from '../../store/make-folder.ts';
import { lockFolder } from './folder-lock.ts';
import { emptyBounds, widen, type HistoryLog, type SegmentChoice } from './history-log.ts';
import { encode, seqOf, timeOf, type HistoryRecord } from './records.ts';
import { decodeInTurns, decodeLines, plainPath, scanFolder, sealedPath, temporaryPath, type SegmentFile } from './segment-files.ts';
import { codeOf } from '../../store/error-code.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** What has come is written together, this often. Milliseconds. */
const batchMs = 250;
/** Traffic alone reaches the platters this often; the journal with every batch. Milliseconds. */
const syncMs = 10_000;
/** A segment is closed after so long even when it is small, so that age can be kept to. Milliseconds. */
const segmentMs = 21_600_000;
/** What waits to be written at most, characters; the oldest go. */
const maxPending = 8 * 1024 * 1024;
/** Entries of the journal that are at hand after opening, about; and how many compressed segments are opened for them. */
const earlierEntries = 1_000;
const earlierSegments = 2;

export interface DiskLogOptions {
  folder: string;
  /** All files together. Default 64 MiB. */
  maxBytes?: number;
  /** Default 7 days. */
  maxAgeMs?: number;
  /** When a segment is closed and compressed, bytes of text. Default 4 MiB. */
  segmentBytes?: number;
  /** Wait before writing is tried again where it failed. Milliseconds, default 30,000. */
  retryMs?: number;
  now?: () => number;
  /** Something its reader should know: what could not be written, was damaged, is well again. */
  onNotice: (words: string) => void;
}

interface PendingLine {
  record: HistoryRecord;
  line: string;
}

/**
 * The history in files of a folder that belongs to one process at a time. Written in batches; a batch with an entry of the journal
 * is flushed to the disk with it. A crash loses at most what came in the last quarter of a second (a power cut: of traffic ten
 * seconds), and never what lies before. Where nothing can be written it goes on in memory, and tries again.
 */
export class DiskLog implements HistoryLog {
  readonly onDisk = true;
  /** The newest entries of the journal that were found, oldest first, and the last number that was given out. */
  readonly earlier: readonly JournalEntry[];
  readonly lastSeq: number;
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  readonly #segmentBytes: number;
  readonly #retryMs: number;
  readonly #now: () => number;
  readonly #notice: (words: string) => void;
  readonly #unlock: () => void;
  /** Oldest first; the last one is written to. */
  readonly #segments: SegmentFile[];
  #handle: FileHandle | undefined;
  #beganAt: number;
  #syncedAt: number;
  #pending: PendingLine[] = [];
  #pendingBytes = 0;
  #dropped = 0;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #sealing: Promise<unknown> = Promise.resolve();
  readonly #told = new Set<string>();
  #closed = false;

  /**
   * Opens the folder, or makes it.
   * @throws FolderTakenError, or what the file system says.
   */
  constructor(options: DiskLogOptions) {
    this.#folder = options.folder;
    this.#maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
    this.#maxAgeMs = options.maxAgeMs ?? 7 * 86_400_000;
    this.#segmentBytes = options.segmentBytes ?? 4 * 1024 * 1024;
    this.#retryMs = options.retryMs ?? 30_000;
    this.#now = options.now ?? Date.now;
    this.#notice = options.onNotice;
    if (!existsSync(this.#folder)) {
      makeFolder(this.#folder);
      // The umask may have taken more than it should not, never less.
      chmodSync(this.#folder, 0o700);
    }
    this.#unlock = lockFolder(this.#folder);
    try {
      const { segments, plain, notices } = scanFolder(this.#folder);
      this.#segments = segments;
      for (const words of notices) this.#notice(words);
      this.lastSeq = segments.reduce((last, segment) => Math.max(last, segment.lastSeq), 0);
      this.earlier = this.#newestEntries(plain);
      const last = segments.at(-1);
      if (!last || last.sealed) this.#begin((last?.number ?? 0) + 1);
      // A crash while one was being compressed leaves more than one plain.
      for (const segment of segments.slice(0, -1)) if (!segment.sealed) this.#sealSoon(segment);
      this.#beganAt = this.#now();
      this.#syncedAt = this.#now();
      this.#sealing = this.#sealing.then(() => this.#trim());
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  #newestEntries(plain: ReadonlyMap<number, HistoryRecord[]>): JournalEntry[] {
    let found: JournalEntry[] = [];
    let opened = 0;
    for (const segment of [...this.#segments].reverse()) {
      let records = plain.get(segment.number);
      if (!records) {
        if (++opened > earlierSegments) break;
        try {
          records = decodeLines(gunzipSync(readFileSync(segment.path)).toString('utf8')).records;
        } catch (error) {
          this.#damaged(segment, error);
          continue;
        }
      }
      found = [...records.flatMap((record) => ('entry' in record ? [record.entry] : [])), ...found];
      if (found.length >= earlierEntries) break;
    }
    return found;
  }

  get #active(): SegmentFile {
    return this.#segments.at(-1)!;
  }

  #begin(number: number): void {
    this.#segments.push({ ...emptyBounds(), number, path: plainPath(this.#folder, number), bytes: 0, sealed: false });
    this.#beganAt = this.#now();
  }

  append(record: HistoryRecord): void {
    if (this.#closed) return;
    const line = `${encode(record)}\n`;
    this.#pending.push({ record, line });
    this.#pendingBytes += line.length;
    while (this.#pendingBytes > maxPending) {
      this.#pendingBytes -= this.#pending.shift()!.line.length;
      this.#dropped++;
    }
    this.#writeIn(this.#failing ? this.#retryMs : batchMs);
  }

  #writeIn(ms: number): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#inTurn(() => this.#write());
    }, ms);
    this.#timer.unref();
  }

  #inTurn<T>(task: () => Promise<T> | T): Promise<T> {
    const turn = this.#queue.then(task);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #write(): Promise<void> {
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    this.#pendingBytes = 0;
    const active = this.#active;
    const bytes = Buffer.from(batch.map(({ line }) => line).join(''));
    try {
      if (!this.#handle) {
        this.#handle = await open(active.path, constants.O_RDWR | constants.O_CREAT, 0o600);
        // What an earlier attempt wrote by half.
        await this.#handle.truncate(active.bytes);
      }
      await writeWhole(this.#handle, bytes, active.bytes);
      const now = this.#now();
      if (now - this.#syncedAt >= syncMs || batch.some(({ record }) => 'entry' in record)) {
        await this.#handle.datasync();
        this.#syncedAt = now;
      }
    } catch (error) {
      this.#pending = [...batch, ...this.#pending];
      this.#pendingBytes += bytes.length;
      await this.#failed(error);
      return;
    }
    active.bytes += bytes.length;
    for (const { record } of batch) widen(active, timeOf(record), seqOf(record));
    this.#recovered();
    if (active.bytes >= this.#segmentBytes || this.#now() - this.#beganAt >= segmentMs) await this.#rotate();
  }

  async #failed(error: unknown): Promise<void> {
    await this.#handle?.close().catch(() => undefined);
    this.#handle = undefined;
    if (!this.#failing) {
      this.#failing = true;
      this.#notice(
        `The history cannot be written to ${this.#folder}: ${fileProblem(error)}. It goes on in memory; writing is tried again every ${this.#retryMs / 1000} s.`,
      );
    }
    this.#writeIn(this.#retryMs);
  }

  #recovered(): void {
    if (!this.#failing) return;
    this.#failing = false;
    const lost = this.#dropped > 0 ? ` ${this.#dropped} records were too many to wait and are lost.` : ' Nothing is lost.';
    this.#dropped = 0;
    this.#notice(`The history is written to ${this.#folder} again.${lost}`);
  }

  /** Begins a new segment; the full one is compressed beside. */
  async #rotate(): Promise<void> {
    const full = this.#active;
    const handle = this.#handle;
    this.#handle = undefined;
    this.#begin(full.number + 1);
    await handle?.close().catch(() => undefined);
    this.#sealSoon(full);
    this.#sealing = this.#sealing.then(() => this.#trim());
  }

  #sealSoon(segment: SegmentFile): void {
    this.#sealing = this.#sealing.then(() => this.#seal(segment));
  }

  async #seal(segment: SegmentFile): Promise<void> {
    const temporary = temporaryPath(this.#folder, segment.number);
    try {
      const content = await compress(await readFile(segment.path));
      const handle = await open(temporary, 'w', 0o600);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      const plain = segment.path;
      const path = sealedPath(this.#folder, segment);
      await rename(temporary, path);
      Object.assign(segment, { path, bytes: content.length, sealed: true });
      await unlink(plain);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      this.#tellOnce('seal', `A part of the history could not be compressed and stays as it is: ${fileProblem(error)}.`);
    }
  }

  /** The oldest go, whole, until size and age are within their bounds. */
  async #trim(): Promise<void> {
    for (;;) {
      const oldest = this.#segments[0];
      if (!oldest || this.#segments.length === 1) return;
      const bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
      if (bytes <= this.#maxBytes && oldest.lastTime >= this.#now() - this.#maxAgeMs) return;
      this.#segments.shift();
      await unlink(oldest.path).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') this.#tellOnce('trim', `An old part of the history could not be removed: ${fileProblem(error)}.`);
      });
    }
  }

  async *read(choose: SegmentChoice, order: 'oldest' | 'newest' = 'oldest'): AsyncGenerator<HistoryRecord[]> {
    // Between two batches: nothing is half in the file and half not.
    const { segments, waiting } = await this.#inTurn(() => ({
      segments: this.#segments.map((segment) => ({ segment, bytes: segment.bytes })),
      waiting: this.#pending.map(({ record }) => record),
    }));
    const newest = { ...segments.at(-1)!.segment };
    for (const record of waiting) widen(newest, timeOf(record), seqOf(record));
    const last = segments.length - 1;
    const chosen = segments.flatMap(({ segment, bytes }, i) => (choose(i === last ? newest : segment) ? [{ segment, bytes, i }] : []));
    for (const { segment, bytes, i } of order === 'oldest' ? chosen : chosen.reverse()) {
      const records = await this.#load(segment, bytes);
      yield i === last ? [...records, ...waiting] : records;
    }
  }

  /** @param bytes As far as a plain one had been written when it was asked for. */
  async #load(segment: SegmentFile, bytes: number): Promise<HistoryRecord[]> {
    if (bytes === 0) return [];
    for (let attempt = 0; ; attempt++) {
      const { path, sealed } = segment;
      try {
        const content = await readFile(path);
        const text = sealed ? (await expand(content)).toString('utf8') : content.toString('utf8', 0, bytes);
        const { records, damaged } = await decodeInTurns(text);
        if (damaged > 0) this.#tellOnce(path, `${damaged} damaged lines of the history (${path}) were passed over.`);
        return records;
      } catch (error) {
        // Dropped while somebody read on; or compressed in this very moment.
        if (codeOf(error) === 'ENOENT' && (path === segment.path || attempt > 0)) return [];
        if (codeOf(error) === 'ENOENT') continue;
        this.#damaged(segment, error);
        return [];
      }
    }
  }

  #damaged({ path }: SegmentFile, error: unknown): void {
    this.#tellOnce(path, `A part of the history (${path}) cannot be read and is passed over: ${fileProblem(error)}.`);
  }

  #tellOnce(about: string, words: string): void {
    if (this.#told.has(about)) return;
    this.#told.add(about);
    this.#notice(words);
  }

  span(): { oldest: number | null; newest: number | null; bytes: number } {
    const bounds = emptyBounds();
    let bytes = this.#pendingBytes;
    for (const segment of this.#segments) {
      bytes += segment.bytes;
      bounds.firstTime = Math.min(bounds.firstTime, segment.firstTime);
      bounds.lastTime = Math.max(bounds.lastTime, segment.lastTime);
    }
    for (const { record } of this.#pending) widen(bounds, timeOf(record), 0);
    const known = bounds.firstTime <= bounds.lastTime;
    return { oldest: known ? bounds.firstTime : null, newest: known ? bounds.lastTime : null, bytes };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#inTurn(() => this.#write());
    clearTimeout(this.#timer);
    await this.#inTurn(async () => {
      await this.#handle?.datasync().catch(() => undefined);
      await this.#handle?.close().catch(() => undefined);
      this.#handle = undefined;
    });
    await this.#sealing;
    this.#unlock();
  }
}

async function writeWhole(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
