import { type Run, runSchema } from '../../../../shared/model/run.ts';
import { formatCount } from '../../../ui/format.ts';

/** The largest file that is read. Bytes. */
export const maxFileBytes = 64 * 1024 * 1024;

/** A run as a file: the run as it is, self-contained. */
export const runToBlob = (run: Run): Blob => new Blob([`${JSON.stringify(run)}\n`], { type: 'application/json' });

/** Problems told at most. */
const mostIssues = 4;

/**
 * Reads a file that should hold a run.
 * @throws Error with a sentence for the person who chose the file.
 */
export function parseRun(text: string, name: string): Run {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(
      `${name} is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}. Choose a run that was exported here.`,
      { cause: error },
    );
  }
  const given = value as { format?: unknown; version?: unknown } | null;
  if (typeof given !== 'object' || given === null || given.format !== 'evenkeel-run')
    throw new Error(
      `${name} is not a run of Evenkeel: its "format" is not "evenkeel-run". Choose a file that “JSON” in the Timeline made.`,
    );
  if (given.version !== 1)
    throw new Error(`${name} is a run of version ${String(given.version)}; this Evenkeel reads version 1. Open it with a newer one.`);
  const parsed = runSchema.safeParse(value);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const words = issues.slice(0, mostIssues).map(
      (issue) =>
        `${issue.path
          .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
          .join('')
          .replace(/^\./, '')}: ${issue.message}`,
    );
    const more = issues.length > mostIssues ? `, and ${formatCount(issues.length - mostIssues)} more` : '';
    throw new Error(`${name} is damaged. ${words.join('; ')}${more}.`);
  }
  if (parsed.data.endedAt <= parsed.data.startedAt) throw new Error(`${name} is damaged: it ends before it begins.`);
  return parsed.data;
}

/** @throws Error with a sentence for the person who chose the file. */
export async function readRunFile(file: Blob & { name: string }): Promise<Run> {
  if (file.size > maxFileBytes)
    throw new Error(
      `${file.name} has ${formatCount(Math.ceil(file.size / 1_048_576))} MB; up to ${maxFileBytes / 1_048_576} MB are read. Export a shorter stretch.`,
    );
  return parseRun(await file.text(), file.name);
}
