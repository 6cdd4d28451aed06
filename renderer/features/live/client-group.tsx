import { Pin } from 'lucide-react';
import { memo, type MouseEvent } from 'react';
import type { Client } from '../../../shared/model/metrics.ts';
import { formatCount } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { clientId } from './clients-feed.ts';
import { clientLabel, clientWords, isIdle } from './client-label.ts';
import { type Arrival, countMs, type Departure, ghostMs } from './departures.ts';
import { cardId, type Lane } from './live-model.ts';
import { drainProgress } from './node-words.ts';
import { Squares } from './squares.tsx';
import css from './client-group.module.css';

interface ClientGroupProps {
  lane: Lane;
  packed: boolean;
  /** Clients a square stands for. Default 1. */
  perSquare?: number;
  /** Chips without their name, small enough that all lanes stay in view. Default false. */
  dense?: boolean;
  now: number;
  left: Departure | undefined;
  came: Arrival | undefined;
  /** Lower case; clients whose key holds it are found. Empty: nobody is looked for. */
  search: string;
  selected: string | null;
  onSelect: (client: Client) => void;
}

/** After this long a client that moved is drawn like the others. Milliseconds. */
const justMovedMs = 6_000;
/** Empty places drawn at most. */
const maxGhosts = 16;
/** Clients named beside the squares at most. */
const maxNamed = 6;

/** Characters of a name's end that the column has room for. */
const longestEnd = 11;

const isFound = (client: Client, search: string) => search !== '' && client.key.toLowerCase().includes(search);

function Chip({
  client,
  now,
  found,
  dimmed,
  selected,
  small = false,
}: {
  client: Client;
  now: number;
  found: boolean;
  dimmed: boolean;
  selected: boolean;
  small?: boolean;
}) {
  const moved = client.moves > 0 && now - client.since < justMovedMs;
  const classes = [
    css['chip'],
    isIdle(client, now) && !moved ? css['idle'] : '',
    moved ? css['moved'] : '',
    client.pinned ? css['pinned'] : '',
    found ? css['found'] : '',
    dimmed ? css['dimmed'] : '',
    selected ? css['chosen'] : '',
    small ? css['small'] : '',
  ];
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-current={selected || undefined}
      className={classes.filter(Boolean).join(' ')}
      data-client={clientId(client.pool, client.key)}
      title={clientWords(client)}
    >
      {small ? null : clientLabel(client)}
      {client.pinned ? <Pin className={css['pin']} size={14} strokeWidth={2} fill="currentColor" aria-hidden /> : null}
    </button>
  );
}

/** Nodes named at most to which clients went. */
const maxTargets = 3;

function Minus({ left, lane }: { left: Departure; lane: Lane }) {
  const label = (id: string) => lane.pool.nodes.find((n) => n.id === id)?.label ?? id;
  const named = [...left.to].slice(0, maxTargets);
  const others = left.to.size - named.length;
  return (
    <div className={`${css['minus']} ${left.to.size > 1 ? css['several'] : ''}`} role="status">
      <b>−{formatCount(left.count)}</b>
      <span className={css['inAll']}>to {formatCount(left.to.size)} nodes</span>
      {named.map(([to, count]) => (
        <span key={to} className={css['target']} title={label(to)}>
          {formatCount(count)} to <MiddleTruncate text={label(to)} keep={longestEnd} />
        </span>
      ))}
      {others > 0 ? <span className={css['others']}>and to {formatCount(others)} more</span> : null}
    </div>
  );
}

/** The clients that stick to one node, in the lane of that node. */
export const ClientGroup = memo(function ClientGroup(props: ClientGroupProps) {
  const { lane, packed, perSquare = 1, dense = false, now, left, came, search, selected, onSelect } = props;
  const { clients, count, node, state } = lane;
  const drain = state === 'draining' ? drainProgress(node, now) : undefined;
  const departed = left && now - left.at < ghostMs ? left.count : 0;
  const ghosts = Math.min(maxGhosts, Math.max(departed, drain?.left ?? 0));
  const counting = left !== undefined && now - left.at < countMs;
  const changing = counting || (came !== undefined && now - came.at < countMs);
  const isChosen = (c: Client) => clientId(c.pool, c.key) === selected;
  const worth = (c: Client) => (isChosen(c) ? 2 : isFound(c, search) ? 1 : 0);
  const tall = (c: Client) => (c.pinned || worth(c) > 0 ? 1 : 0);
  const nameable = packed ? clients.filter((c) => c.pinned || worth(c) > 0).sort((a, b) => worth(b) - worth(a)) : clients;
  // Among small chips the pinned, found and chosen keep their name, and stand first.
  const named = packed ? nameable.slice(0, maxNamed) : dense ? [...clients].sort((a, b) => tall(b) - tall(a)) : clients;

  const onClick = (event: MouseEvent) => {
    const id = (event.target as Element).closest('[data-client]')?.getAttribute('data-client');
    const client = clients.find((c) => clientId(c.pool, c.key) === id);
    if (client) onSelect(client);
  };

  return (
    <div
      className={`${css['group']} ${packed ? css['packed'] : ''}`}
      data-card={cardId.group(lane.key)}
      data-group={lane.key}
      role="group"
      aria-label={`${formatCount(count)} clients on ${node.label}`}
    >
      <div className={`${css['head']} ${changing ? css['changing'] : ''}`}>
        {packed ? null : <span className={`muted ${css['on']}`}>on</span>}
        <b className={css['name']}>
          <MiddleTruncate text={node.label} keep={Math.min(lane.ends.name, longestEnd)} />
        </b>
        <span className={`num ${css['count']}`}>
          {came && now - came.at < countMs ? <span className={css['came']}>+{formatCount(came.count)}</span> : null}
          {counting && count > 0 ? <span className={css['came']}>−{formatCount(left.count)}</span> : null}
          {formatCount(count)} <span>{count === 1 ? 'client' : 'clients'}</span>
        </span>
      </div>
      {packed && count > 0 ? <Squares lane={lane} perSquare={perSquare} now={now} selected={selected} onSelect={onSelect} /> : null}
      {named.length > 0 || ghosts > 0 ? (
        // A convenience for the pointer: every client is also a row of the table that mirrors the map.
        <div className={packed ? css['named'] : dense ? css['dense'] : css['chips']} onClick={onClick}>
          {named.map((client) => (
            <Chip
              key={client.key}
              client={client}
              now={now}
              found={isFound(client, search)}
              dimmed={search !== '' && !isFound(client, search)}
              selected={clientId(client.pool, client.key) === selected}
              small={dense && tall(client) === 0}
            />
          ))}
          {nameable.length > named.length ? (
            <span className={css['more']}>and {formatCount(nameable.length - named.length)} more</span>
          ) : null}
          {packed
            ? null
            : Array.from({ length: ghosts }, (_, i) => (
                <span
                  key={`ghost ${i}`}
                  className={`${css['chip']} ${css['ghost']} ${dense ? css['small'] : ''} ${drain ? '' : css['fading']}`}
                  aria-hidden="true"
                />
              ))}
        </div>
      ) : count === 0 ? (
        <p className={css['empty']}>{emptyWords(lane)}</p>
      ) : null}
      {counting && count === 0 ? <Minus left={left} lane={lane} /> : null}
    </div>
  );
});

function emptyWords({ state, pool }: Lane): string {
  switch (state) {
    case 'backup':
      return 'Empty while the others are up';
    case 'down':
      return 'Nobody while it is down';
    case 'rejecting':
      return 'Nobody while it rejects';
    case 'draining':
      return 'Everyone has left';
    default:
      return pool.stickiness === 'none' ? 'This pool remembers nobody' : 'No clients now';
  }
}
