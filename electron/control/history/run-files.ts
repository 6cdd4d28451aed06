import { chmod, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runSchema, runSummarySchema, type Run, type RunSummary } from '../../../shared/model/run.ts';
import { stageFile } from '../../store/json-file.ts';
import { makeFolder } from '../../store/make-folder.ts';
import type { Log } from '../log.ts';
import { summaryOf, type RunShelf } from './runs.ts';
import { codeOf } from '../../store/error-code.ts';

/** Ids become file names. */
const idPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
const indexName = 'index.json';
const indexSchema = z.array(runSummarySchema);

/**
 * Runs in a folder, one file each: "<id>.json", as it would be exported. An index beside them spares reading all of them for a list;
 * where it is missing or does not fit, the files are what counts.
 */
export function createRunFiles(folder: string, log: Log): RunShelf {
  let index: Map<string, RunSummary> | undefined;
  const pathOf = (id: string): string => join(folder, `${id}.json`);

  const read = async (id: string): Promise<Run | undefined> => {
    if (!idPattern.test(id)) return undefined;
    let text: string;
    try {
      text = await readFile(pathOf(id), 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return runSchema.parse(JSON.parse(text));
    } catch {
      log('warn', `${pathOf(id)} is not a run this version can read; it is left where it is.`);
      return undefined;
    }
  };
  const ids = async (): Promise<string[]> => {
    try {
      return (await readdir(folder)).flatMap((name) => {
        const id = name.endsWith('.json') && name !== indexName ? name.slice(0, -5) : '';
        return idPattern.test(id) ? [id] : [];
      });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  };
  const readIndex = async (): Promise<RunSummary[]> => {
    try {
      return indexSchema.parse(JSON.parse(await readFile(join(folder, indexName), 'utf8')));
    } catch {
      return [];
    }
  };
  const load = async (): Promise<Map<string, RunSummary>> => {
    if (index) return index;
    const known = new Map((await readIndex()).map((summary) => [summary.id, summary]));
    const found = new Map<string, RunSummary>();
    for (const id of await ids()) {
      const summary = known.get(id) ?? (await read(id).then((run) => run && summaryOf(run)));
      if (summary) found.set(id, summary);
    }
    return (index = found);
  };
  const put = async (name: string, content: string): Promise<void> => {
    const staged = await stageFile(join(folder, name), content, 0o600);
    await staged.commit();
  };
  const putIndex = async (): Promise<void> => {
    await put(indexName, JSON.stringify([...(await load()).values()]));
  };

  return {
    summaries: async () => [...(await load()).values()],
    read,
    async write(run) {
      const all = await load();
      if (makeFolder(folder)) await chmod(folder, 0o700);
      await put(`${run.id}.json`, `${JSON.stringify(run)}\n`);
      all.set(run.id, summaryOf(run));
      await putIndex();
    },
    async remove(id) {
      const all = await load();
      if (!idPattern.test(id)) return;
      await unlink(pathOf(id)).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
      });
      all.delete(id);
      await putIndex();
    },
  };
}
