import { join } from 'node:path';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import { fileProblem } from '../../store/json-file.ts';
import { openToOthers } from '../../store/open-to-others.ts';
import type { Log } from '../log.ts';
import { DiskLog } from './disk-log.ts';
import { FolderTakenError } from './folder-lock.ts';
import type { HistoryLog } from './history-log.ts';
import { MemoryLog } from './memory-log.ts';
import { createRunFiles } from './run-files.ts';
import { createMemoryShelf, type RunShelf } from './runs.ts';

export interface OpenedHistory {
  log: HistoryLog;
  shelf: RunShelf;
  /** The newest entries of an earlier process, oldest first, and the last number it gave out. */
  earlier: readonly JournalEntry[];
  lastSeq: number;
}

/**
 * Opens the history in a folder, or one in memory where none is wanted or it cannot be had. Never fails.
 * @param folder undefined: in memory, for as long as the process lives.
 * @param onNotice Something its reader should know, in words; may be called before this returns.
 */
export function openHistory(folder: string | undefined, log: Log, onNotice: (words: string) => void): OpenedHistory {
  const inMemory = (): OpenedHistory => ({ log: new MemoryLog(), shelf: createMemoryShelf(), earlier: [], lastSeq: 0 });
  if (folder === undefined) return inMemory();
  try {
    const disk = new DiskLog({ folder, onNotice });
    warnWhenOpen(folder, log);
    return { log: disk, shelf: createRunFiles(join(folder, 'runs'), log), earlier: disk.earlier, lastSeq: disk.lastSeq };
  } catch (error) {
    const why =
      error instanceof FolderTakenError
        ? `${error.message}, and one process at a time may`
        : `${folder} cannot be used: ${fileProblem(error)}`;
    onNotice(`The history is kept in memory only and ends with this process: ${why}.`);
    return inMemory();
  }
}

/** Said and no more: the volumes of containers often are open to others, and a history that is lost helps nobody. */
function warnWhenOpen(folder: string, log: Log): void {
  let why: string | undefined;
  try {
    why = openToOthers(folder);
  } catch {
    // A folder above it that this user may not look at is nothing to fail for.
    return;
  }
  if (why !== undefined)
    log(
      'warn',
      `Others could change the history in ${folder}, what is kept beside it, or put theirs in its place: ${why}. Take that right away (chmod go-w), or keep it in another folder.`,
      { code: 'HISTORY_OPEN_TO_OTHERS', folder },
    );
}
