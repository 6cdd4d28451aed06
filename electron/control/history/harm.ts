import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { RequestRecord } from '../../../shared/model/metrics.ts';

/** Whether a run shows this request: it was tried on more than one node, or its client got no good answer. */
export function isHarmed(record: RequestRecord): boolean {
  if (record.retries > 0) return true;
  if (record.method === '') return record.node === null;
  return record.status === 0 || (record.status >= 500 && record.status !== 501 && record.status !== 505);
}

/** Whether people will want to see the seconds around it closely. */
export function isIncident({ kind }: JournalEntry): boolean {
  return kind === 'node.down' || kind === 'node.up' || kind === 'lab.fault' || kind === 'lab.healed' || kind === 'listener.error';
}
