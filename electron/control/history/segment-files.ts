import { readdirSync, readFileSync, statSync, truncateSync, unlinkSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyBounds, widen, type SegmentBounds } from './history-log.ts';
import { decode, seqOf, timeOf, type HistoryRecord } from './records.ts';

/**
 * A segment is a file of lines. The one that is written to is plain, "00000042.jsonl"; those before it are compressed, and their
 * names say what is in them: "00000042.<first time>-<last time>.<first seq>-<last seq>.jsonl.gz". So opening a folder reads no
 * more than the last file, and there is no index that could be wrong.
 */
export interface SegmentFile extends SegmentBounds {
  number: number;
  path: string;
  /** Bytes on disk. For a plain one: as far as it is known to be well. */
  bytes: number;
  sealed: boolean;
}

const sealedName = /^(\d{8})\.(\d+)-(\d+)\.(\d+)-(\d+)\.jsonl\.gz$/;
const plainName = /^(\d{8})\.jsonl$/;
const temporaryName = /^\.\d{8}\.tmp$/;

const padded = (number: number): string => String(number).padStart(8, '0');

export const plainPath = (folder: string, number: number): string => join(folder, `${padded(number)}.jsonl`);

export const temporaryPath = (folder: string, number: number): string => join(folder, `.${padded(number)}.tmp`);

export function sealedPath(folder: string, { number, firstTime, lastTime, firstSeq, lastSeq }: SegmentFile): string {
  const times = `${Math.floor(Math.max(0, firstTime))}-${Math.ceil(Math.max(0, lastTime))}`;
  return join(folder, `${padded(number)}.${times}.${firstSeq}-${lastSeq}.jsonl.gz`);
}

/** @returns the records, and how many lines were damaged. */
export function decodeLines(text: string): { records: HistoryRecord[]; damaged: number } {
  const records: HistoryRecord[] = [];
  let damaged = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const record = decode(line);
    if (record) records.push(record);
    else damaged++;
  }
  return { records, damaged };
}

/** As `decodeLines`, a few thousand at a time: whoever else the thread has to serve is not kept waiting. */
export async function decodeInTurns(text: string): Promise<{ records: HistoryRecord[]; damaged: number }> {
  const whole: { records: HistoryRecord[]; damaged: number } = { records: [], damaged: 0 };
  for (let start = 0; start < text.length;) {
    const cut = text.indexOf('\n', start + 200_000);
    const end = cut < 0 ? text.length : cut;
    const { records, damaged } = decodeLines(text.slice(start, end));
    for (const record of records) whole.records.push(record);
    whole.damaged += damaged;
    start = end + 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return whole;
}

export interface Scan {
  /** Oldest first; the last is plain when there is a plain one. */
  segments: SegmentFile[];
  /** What the plain segments hold, by number. */
  plain: Map<number, HistoryRecord[]>;
  /** What was wrong, in words. */
  notices: string[];
}

/**
 * Looks at a folder and mends what a crash left: a torn last line goes, a half compressed copy too.
 * @throws what the file system says.
 */
export function scanFolder(folder: string): Scan {
  const scan: Scan = { segments: [], plain: new Map(), notices: [] };
  const names = readdirSync(folder);
  const sealed = new Set<number>();
  for (const name of names) {
    const match = sealedName.exec(name);
    if (match) {
      const [number, firstTime, lastTime, firstSeq, lastSeq] = match.slice(1).map(Number) as [number, number, number, number, number];
      const path = join(folder, name);
      sealed.add(number);
      scan.segments.push({ number, path, bytes: statSync(path).size, sealed: true, firstTime, lastTime, firstSeq, lastSeq });
    } else if (temporaryName.test(name)) unlinkSync(join(folder, name));
  }
  for (const name of names) {
    const match = plainName.exec(name);
    if (!match) continue;
    const number = Number(match[1]);
    const path = join(folder, name);
    // Compressed whole, and the program ended before it could remove this one.
    if (sealed.has(number)) unlinkSync(path);
    else scan.segments.push(openPlain(path, number, scan));
  }
  scan.segments.sort((a, b) => a.number - b.number);
  return scan;
}

function openPlain(path: string, number: number, { plain, notices }: Scan): SegmentFile {
  const content = readFileSync(path);
  let end = content.lastIndexOf(0x0a) + 1;
  if (end < content.length) {
    if (decode(content.toString('utf8', end)) === undefined) truncateSync(path, end);
    else {
      // Whole but for its end.
      appendFileSync(path, '\n');
      end = content.length;
    }
  }
  const { records, damaged } = decodeLines(content.toString('utf8', 0, end));
  if (damaged > 0) notices.push(`${damaged} damaged ${damaged === 1 ? 'line' : 'lines'} of the history (${path}) were passed over.`);
  const segment: SegmentFile = { ...emptyBounds(), number, path, bytes: statSync(path).size, sealed: false };
  for (const record of records) widen(segment, timeOf(record), seqOf(record));
  plain.set(number, records);
  return segment;
}
