import { useEffect, useState } from 'react';
import type { Client } from '../../../../shared/model/metrics.ts';
import { errorMessage } from '../../../bridge/client.ts';
import { useClient } from '../../../bridge/context.tsx';
import { useLock, useStores, useView } from '../../../stores/context.tsx';
import { nodeNames, takers } from '../../../stores/mode-words.ts';
import { Button } from '../../../ui/button.tsx';
import { formatClock, formatCount, formatDuration } from '../../../ui/format.ts';
import { Section } from '../../../ui/inspector.tsx';
import { clientLabel } from '../client-label.ts';
import { type Lane, selectionHref } from '../live-model.ts';
import { drainProgress, remainSeconds } from '../node-words.ts';
import css from './inspector.module.css';

/** Clients named at most. */
const named = 8;
const pollMs = 1_000;

interface Staying {
  clients: Client[];
  total: number;
}

/** Who sticks to a node, in order of arrival; asked for once a second. */
function useStaying(pool: string, node: string): Staying | null {
  const client = useClient();
  const paused = useView((s) => s.paused !== null);
  const [staying, setStaying] = useState<Staying | null>(null);
  useEffect(() => {
    if (paused) return;
    let ended = false;
    const ask = () =>
      client.request('clients.list', { pool, node, limit: 200 }).then(
        (answer) => {
          if (!ended) setStaying({ clients: answer.clients.sort((a, b) => a.since - b.since), total: answer.total });
        },
        () => {
          // The banner says that nobody answers; the last list stays.
        },
      );
    void ask();
    const timer = setInterval(() => void ask(), pollMs);
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }, [client, pool, node, paused]);
  return staying;
}

const clientsWord = (n: number) => `${formatCount(n)} ${n === 1 ? 'client' : 'clients'}`;

function ago(ms: number): string {
  return ms < 1_000 ? 'now' : formatDuration(ms);
}

function StillHere({ staying, now }: { staying: Staying; now: number }) {
  const rest = staying.total - Math.min(named, staying.clients.length);
  return (
    <Section title="Still here" aside="last seen">
      <ul className={`${css['staying']} num`}>
        {staying.clients.slice(0, named).map((client) => (
          <li key={client.key}>
            <a
              className={css['stayingChip']}
              href={selectionHref({ kind: 'client', pool: client.pool, id: client.key })}
              title={client.key}
            >
              {clientLabel(client)}
            </a>
            <span className="ellipsis">{client.pinned ? 'pinned, stays' : `${formatCount(client.requests)} requests`}</span>
            <span className="muted">{ago(now - client.lastSeen)}</span>
          </li>
        ))}
      </ul>
      {rest > 0 ? <p className="small muted num">and {formatCount(rest)} more</p> : null}
    </Section>
  );
}

/** The question before clients are moved: there is no way back, so what will happen is said first. */
function MoveNow({ lane, count, onDone }: { lane: Lane; count: number; onDone: () => void }) {
  const client = useClient();
  const { toasts } = useStores();
  const { pool, node } = lane;
  const [moving, setMoving] = useState(false);
  const others = takers(pool.nodes).filter((n) => n.id !== node.id);
  const move = () => {
    setMoving(true);
    client
      .request('node.moveClients', { pool: pool.id, node: node.id })
      .then(
        ({ moved }) =>
          toasts.show({
            id: `moved ${lane.key}`,
            title: `${clientsWord(moved)} taken off ${node.label}`,
            text: `Each goes to ${nodeNames(others)} with its next request.`,
            state: 'draining',
          }),
        (reason: unknown) => toasts.show({ id: `moved ${lane.key}`, title: 'No client was moved', text: errorMessage(reason) }),
      )
      .finally(onDone);
  };
  return (
    <div
      className={css['question']}
      role="group"
      aria-label={`Move ${clientsWord(count)} now?`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onDone();
      }}
    >
      <b className="num">Move {clientsWord(count)} now?</b>
      <p className="small">
        {count === 1 ? 'It goes' : 'They go'} to {nodeNames(others)} with {count === 1 ? 'its' : 'their'} next request. What is in flight
        finishes here. This cannot be undone.
      </p>
      <div className={css['answers']}>
        <Button small look="primary" autoFocus onClick={move} disabled={moving}>
          Move {clientsWord(count)}
        </Button>
        <Button small onClick={onDone}>
          Keep draining
        </Button>
      </div>
    </div>
  );
}

/** A drain as it runs: how many stay, how long, who, and the way to end it either way. */
export function DrainSection({ lane, now }: { lane: Lane; now: number }) {
  const { pool, node } = lane;
  const staying = useStaying(pool.id, node.id);
  const [asking, setAsking] = useState(false);
  const locked = useLock();
  const drain = drainProgress(node, now);
  if (!drain || !node.drain) return null;
  const others = takers(pool.nodes).filter((n) => n.id !== node.id);
  const target = others.length > 0 ? nodeNames(others) : '';
  const pinned = staying?.clients.filter((c) => c.pinned).length ?? 0;
  const movable = Math.max(0, drain.stay - pinned);
  const rest = target === '' ? 'the rest find no node' : `the rest move to ${target}`;
  return (
    <>
      <Section>
        <div className={`${css['drain']} num`}>
          <span>
            <b>{formatCount(drain.stay)}</b>
            {drain.stay === 1 ? 'client stays' : 'clients stay'}
          </span>
          <span>
            <b>{formatCount(drain.left)}</b>
            have left
          </span>
          <span>
            <b>{drain.remainsMs > 0 ? remainSeconds(drain.remainsMs) : '0 s'}</b>
            remain
          </span>
        </div>
        <div className={css['drainBar']}>
          <i style={{ width: `${(drain.share * 100).toFixed(1)}%` }} />
        </div>
        <p className="small muted">
          {drain.remainsMs > 0
            ? `No new client is sent here. At ${formatClock(node.drain.until)} ${rest}.`
            : 'The time is up: who comes back is sent elsewhere.'}
          {pinned > 0 ? ` ${pinned === 1 ? '1 pinned client stays' : `${pinned} pinned clients stay`} longer.` : ''}
        </p>
        {locked ? null : asking ? (
          <MoveNow lane={lane} count={movable} onDone={() => setAsking(false)} />
        ) : (
          <div className={css['moveNow']}>
            <Button
              small
              disabled={movable === 0 || target === ''}
              title={target === '' ? 'No other node takes clients now' : undefined}
              onClick={() => setAsking(true)}
            >
              {movable === 0 ? 'Nobody left to move' : `Move ${clientsWord(movable)} now`}
            </Button>
            {target === '' && movable > 0 ? <span className="small muted">No other node takes them.</span> : null}
          </div>
        )}
      </Section>
      {staying && staying.clients.length > 0 ? <StillHere staying={staying} now={now} /> : null}
    </>
  );
}
