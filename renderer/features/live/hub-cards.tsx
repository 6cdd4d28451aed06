import { memo, type ReactNode } from 'react';
import type { Algorithm } from '../../../shared/model/config.ts';
import type { ListenerState, PoolState } from '../../../shared/model/state.ts';
import { poolWords, rollUp } from '../../ui/effective-state.ts';
import { formatCount } from '../../ui/format.ts';
import { LongName } from '../../ui/long-name.tsx';
import { RollUpRing } from '../../ui/rollup-ring.tsx';
import { cardId, selectionHref } from './live-model.ts';
import css from './live.module.css';

export const algorithmWords: Record<Algorithm, string> = {
  roundrobin: 'Round robin',
  leastconn: 'Least connections',
  source: 'Source address',
  random2: 'Random of two',
};

export const stickinessWords: Record<PoolState['stickiness'], string> = {
  none: 'Not sticky',
  table: 'Sticky by table',
  http_cookie: 'Sticky by cookie',
};

/** A listener in one or two words, and whether that is an alarm. */
export function listenerWords(listener: ListenerState, pool: Pick<PoolState, 'available' | 'nodes'>): { word: string; alarm: boolean } {
  if (listener.state === 'error') return { word: 'Not open', alarm: true };
  if (listener.state === 'disabled') return { word: 'Off', alarm: false };
  if (pool.available === 0) return { word: 'Not serving', alarm: true };
  return { word: rollUp(pool.nodes).count.down > 0 ? 'Reduced' : 'Serving', alarm: false };
}

/** Characters of the second line of what is long: what the narrowest card has room for. */
const secondLine = { name: 13, address: 13 };

interface ListenerCardProps {
  listener: ListenerState;
  pool: PoolState;
  connections: number;
  selected: boolean;
}

export const ListenerCard = memo(function ListenerCard({ listener, pool, connections, selected }: ListenerCardProps) {
  const { word, alarm } = listenerWords(listener, pool);
  const off = listener.state === 'disabled';
  return (
    <div
      className={`${css['hub']} ${alarm ? css['hubDown'] : ''} ${off ? css['hubOff'] : ''} ${selected ? css['hubSelected'] : ''}`}
      data-card={cardId.listener(listener.id)}
      role="group"
      aria-label={`Listener ${listener.name}, ${word}`}
    >
      <h2>
        <a className={css['hubName']} href={selectionHref({ kind: 'listener', id: listener.id })} title={listener.name}>
          <LongName text={listener.name} longest={secondLine.name} />
        </a>
      </h2>
      <p className={`mono ${css['hubLine']} ${css['hubAddress']}`}>
        <LongName text={listener.address} longest={secondLine.address} what="address" />
      </p>
      <p className={`${css['hubLine']} num`}>
        {listener.protocol} · {formatCount(connections)} open
      </p>
      {listener.state === 'error' ? (
        <p className={css['hubReason']} title={listener.reason}>
          {listener.reason}
        </p>
      ) : null}
      <div className={css['hubState']}>
        {off ? null : <RollUpRing rollUp={rollUp(pool.nodes, listener.state === 'up' && pool.available > 0)} size={18} />}
        <span className={alarm ? 'fill-down' : undefined}>{word}</span>
      </div>
    </div>
  );
});

interface PoolCardProps {
  pool: PoolState;
  selected: boolean;
  /** Below all else. */
  children?: ReactNode;
}

export function PoolCard({ pool, selected, children }: PoolCardProps) {
  const words = poolWords(pool);
  return (
    <div
      className={`${css['hub']} ${selected ? css['hubSelected'] : ''}`}
      data-card={cardId.pool(pool.id)}
      role="group"
      aria-label={`Pool ${pool.name}, ${words}`}
    >
      <h2>
        <a className={css['hubName']} href={selectionHref({ kind: 'pool', id: pool.id })} title={pool.name}>
          <LongName text={pool.name} longest={secondLine.name} />
        </a>
      </h2>
      <p className={`${css['hubLine']} ellipsis`} title={algorithmWords[pool.algorithm]}>
        {algorithmWords[pool.algorithm]}
      </p>
      <p className={`${css['hubLine']} ellipsis`} title={stickinessWords[pool.stickiness]}>
        {stickinessWords[pool.stickiness]}
      </p>
      <div className={css['hubState']}>
        <RollUpRing rollUp={rollUp(pool.nodes, pool.available > 0)} size={18} />
        <span className="num">{words}</span>
      </div>
      {children}
    </div>
  );
}
