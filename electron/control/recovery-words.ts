import type { JournalEntry } from '../../shared/model/journal.ts';
import type { Recovery } from '../store/store.ts';

const said = (time: number): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** A list people read: what it says twice it says once, and of a long one the beginning. */
function listed(items: readonly string[]): string {
  const once = [...new Set(items)];
  return once.length > 12 ? `${once.slice(0, 12).join(', ')} and ${once.length - 12} more` : once.join(', ');
}

/**
 * What happened to a damaged document and what was lost with it, as far as it is known.
 * @param what "configuration" or "settings".
 * @param since The journal's entries since the copy was made: a copy from before a change misses it and all that followed.
 */
export function recoveryWords(
  what: 'configuration' | 'settings',
  { damaged, why, copy }: Recovery,
  since: readonly JournalEntry[],
): string {
  const fact = `The file of the ${what} was damaged (${why.replace(/\.$/, '')}). It is kept as ${damaged}.`;
  if (copy === null) {
    const now = what === 'configuration' ? 'Evenkeel starts without one; nothing of yours is served' : 'the defaults are used';
    return `${fact} There was no good backup of it, so ${now}.`;
  }
  const lost = since
    .filter((entry) => entry.time >= copy.time)
    .flatMap(({ kind, changed, pool, node, to }) =>
      kind === 'config.applied' ? (changed ?? []) : kind === 'node.mode' ? [`${pool}/${node} set to ${to}`] : [],
    );
  const missing = copy.current
    ? 'It is what was saved or read last: nothing is missing but what others wrote into the file after that.'
    : what === 'settings'
      ? 'What was set after it is missing.'
      : lost.length > 0
        ? `Changed after it, and missing now: ${listed(lost)}.`
        : 'No change after it is known, so nothing should be missing.';
  return `${fact} The copy of ${said(copy.time)} took its place. ${missing}`;
}
