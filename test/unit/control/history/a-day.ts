import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { DiskLog } from '../../../../electron/control/history/disk-log.ts';
import { fact, tickAt } from './support.ts';

const mebi = 1024 * 1024;

/**
 * Writes so many hours of ten entries and a tick a second, and opens them again.
 * @returns what they take, MiB, and how long opening took, ms.
 */
export async function writeAndOpen(folder: string, hours: number, segmentBytes?: number): Promise<{ mebibytes: number; openMs: number }> {
  const began = Date.now() - hours * 3_600_000;
  const onNotice = (words: string) => expect(words).toBe('');
  const options = { folder, onNotice, ...(segmentBytes === undefined ? {} : { segmentBytes }) };
  const log = new DiskLog(options);
  let seq = 0;
  for (let second = 0; second < hours * 3_600; second++) {
    for (let tenth = 0; tenth < 10; tenth++) log.append(fact(++seq, { time: began + second * 1_000 + tenth * 100 }));
    const tick = tickAt(began + second * 1_000 + 999, { intervalMs: 1_000, node: 'b', errors: seq % 7, slow: seq % 13 });
    const busy = seq * 2_654_435_761;
    for (const node of tick.nodes)
      Object.assign(node, { requests: busy % 90, bytesIn: busy % 90_001, bytesOut: busy % 900_001, p95: (busy % 977) / 10 });
    log.append({ tick });
    // What waits to be written is bounded; a day comes slower than this.
    if (second % 600 === 599) await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await log.close();
  const mebibytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / mebi;
  const start = performance.now();
  const again = new DiskLog(options);
  const openMs = performance.now() - start;
  expect(again.lastSeq).toBe(seq);
  expect(again.earlier.at(-1)?.seq).toBe(seq);
  // None was dropped.
  expect(again.span().oldest).toBe(began);
  await again.close();
  return { mebibytes, openMs };
}
