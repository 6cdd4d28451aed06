import type { ListenerState, PoolState } from '../../../shared/model/state.ts';
import { type RollUp, rollUp } from '../../ui/effective-state.ts';
import { formatCount } from '../../ui/format.ts';

export interface OverallState {
  rollUp: RollUp;
  /** What is the matter, in a few words. */
  head: string;
  /** What is served where. */
  sub: string;
  /** Whether the head is filled with the colour of down. */
  alarm: boolean;
}

const port = (address: string) => address.slice(address.lastIndexOf(':'));

function nodesHead(sum: RollUp): string {
  const { count, total } = sum;
  const nodes = total === 1 ? 'node' : 'nodes';
  if (count.down > 0)
    return count.down === total
      ? `${total === 1 ? 'The only node is' : `All ${total} nodes`} down`
      : `${count.down} of ${total} nodes down`;
  if (count.checking > 0) return `${count.checking} of ${total} ${nodes} being checked`;
  if (count.rejecting > 0) return `${sum.up} of ${total} nodes up, ${count.rejecting} rejecting`;
  if (count.draining > 0) return `All nodes up, ${count.draining} draining`;
  return total === 1 ? 'The only node is up' : `All ${formatCount(total)} nodes up`;
}

/** The whole balancer in two lines: the worst first. */
export function overallState(listeners: readonly ListenerState[], pools: readonly PoolState[]): OverallState {
  const enabled = listeners.filter((listener) => listener.state !== 'disabled');
  const pool = (listener: ListenerState) => pools.find((p) => p.id === listener.pool);
  const serves = (listener: ListenerState) => listener.state === 'up' && (pool(listener)?.available ?? 0) > 0;
  const nodes = pools.flatMap((p) => p.nodes);
  const serving = enabled.filter(serves);
  const broken = enabled.filter((listener) => listener.state === 'error');

  if (listeners.length === 0) {
    const sum = rollUp(nodes, true);
    return {
      rollUp: sum,
      head: nodes.length === 0 ? 'Nothing set up yet' : nodesHead(sum),
      sub: 'No listener is open',
      alarm: sum.count.down > 0,
    };
  }
  const sum = rollUp(nodes, enabled.every(serves));
  if (enabled.length === 0) return { rollUp: sum, head: 'Every listener is off', sub: 'Enable one to serve', alarm: false };
  if (serving.length === 0) {
    const first = broken[0];
    const sub = first
      ? `${first.name} is not open: ${first.reason}`
      : enabled.length === 1
        ? `${enabled[0]!.name} on ${port(enabled[0]!.address)} has no node to send to`
        : `${enabled.length} listeners have no node to send to`;
    return { rollUp: sum, head: 'Nothing serves', sub, alarm: true };
  }
  const alarm = sum.count.down > 0 || serving.length < enabled.length;
  let head = nodesHead(sum);
  if (sum.count.down === 0 && serving.length < enabled.length) {
    const dark = enabled.filter((listener) => !serves(listener));
    head = dark.length === 1 ? `${dark[0]!.name} serves nothing` : `${dark.length} listeners serve nothing`;
  }
  const still = alarm ? ' still' : '';
  const only = serving[0]!;
  let sub =
    enabled.length === 1
      ? `${only.name}${still} serving on ${port(only.address)}`
      : serving.length === enabled.length
        ? `${serving.length} listeners${still} serving`
        : `${serving.length} of ${enabled.length} listeners serving`;
  if (enabled.length > 1 && sum.count.draining > 0)
    sub += `, ${sum.count.draining} ${sum.count.draining === 1 ? 'node' : 'nodes'} draining`;
  return { rollUp: sum, head, sub, alarm };
}
