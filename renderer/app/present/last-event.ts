import type { JournalEntry } from '../../../shared/model/journal.ts';
import type { ListenerState, PoolState } from '../../../shared/model/state.ts';
import type { Failover } from '../../stores/failover-store.ts';
import { formatClock, formatCount, shortenMiddle } from '../../ui/format.ts';

/** What is worth a line on a projector. */
const loud = new Set<JournalEntry['kind']>([
  'node.down',
  'node.up',
  'node.mode',
  'listener.up',
  'listener.down',
  'listener.error',
  'config.applied',
  'engine.started',
  'engine.restarted',
]);

/** Characters of a name: what happened has to fit beside it. */
const longestName = 30;

const sentence = (text: string | undefined) => (text ? `${text.replace(/\.$/, '')}.` : '');

/** "api-2 down 14:03:07: 2 of 2 checks timed out. 14 clients moved."; undefined when nothing has happened yet. */
export function lastEventWords(
  entries: readonly JournalEntry[],
  pools: readonly PoolState[],
  listeners: readonly ListenerState[],
  failover: Failover | null,
): string | undefined {
  const entry = entries.findLast(({ kind }) => loud.has(kind));
  const short = (name: string) => shortenMiddle(name, longestName);
  const downWords = (name: string, at: number, reason: string | undefined, moved: number) =>
    `${name} down ${formatClock(at)}: ${sentence(reason)}${moved > 0 ? ` ${formatCount(moved)} ${moved === 1 ? 'client' : 'clients'} moved.` : ''}`;
  if (!entry) {
    // Very many clients that move push what moved them out of the entries that are kept.
    if (!failover) return undefined;
    const { label, downAt, upAt, reason, moved } = failover;
    return upAt === null ? downWords(short(label), downAt, reason, moved) : `${short(label)} up ${formatClock(upAt)}.`;
  }
  const at = formatClock(entry.time);
  const node = short(pools.find((p) => p.id === entry.pool)?.nodes.find((n) => n.id === entry.node)?.label ?? entry.node ?? '');
  const listener = short(listeners.find((l) => l.id === entry.listener)?.name ?? entry.listener ?? '');
  switch (entry.kind) {
    case 'node.down': {
      const same = failover && failover.pool === entry.pool && failover.node === entry.node && failover.downAt === entry.time;
      return downWords(node, entry.time, entry.reason, same ? failover.moved : 0);
    }
    case 'node.up':
      return `${node} up ${at}: ${sentence(entry.reason)}`;
    case 'node.mode':
      return `${node} ${at}: set from ${entry.from} to ${entry.to}.`;
    case 'listener.up':
      return `${listener} open ${at}.`;
    case 'listener.down':
      return `${listener} closed ${at}: ${sentence(entry.reason)}`;
    case 'listener.error':
      return `${listener} not open ${at}: ${sentence(entry.reason)}`;
    case 'config.applied':
      return `Configuration applied ${at}.`;
    case 'engine.started':
      return `Engine started ${at}.`;
    default:
      return `Engine restarted ${at}: ${sentence(entry.reason)}`;
  }
}
