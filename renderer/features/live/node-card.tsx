import { FlaskConical, TriangleAlert } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { formatCount, formatMs, formatRate, missing } from '../../ui/format.ts';
import { stateLooks } from '../../ui/effective-state.ts';
import { LongName } from '../../ui/long-name.tsx';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { useLock } from '../../stores/context.tsx';
import { type CardSize, isLongName, isSmall } from './card-size.ts';
import { cardId, type Lane, selectionHref } from './live-model.ts';
import { ModeControl } from './mode-control.tsx';
import { ModeMenu } from './mode-menu.tsx';
import { drainProgress, reasonLine, remainSeconds, sinceLine } from './node-words.ts';
import { Sparkline } from './sparkline.tsx';
import { useSetMode } from './use-set-mode.ts';
import css from './node-card.module.css';

interface NodeCardProps {
  lane: Lane;
  now: number;
  selected: boolean;
  size: CardSize;
  /** Its name may take two lines. Default: in a large card it may. */
  twoLines?: boolean;
  /** Requests a second over the last minute. */
  history: Float64Array | undefined;
}

const cardClass: Partial<Record<Lane['state'], string>> = { down: 'down', draining: 'draining' };

/** A node that went down this long ago or less has just done so. Milliseconds. */
const justDownMs = 1_000;

/** Characters of the second line of a long name in a large and in a small card: what the narrowest has room for. */
const secondLine = { large: 14, small: 20 };

/** A node: what was seen of it, what is wanted of it, and what it does. */
export const NodeCard = memo(function NodeCard({ lane, now, selected, size, twoLines = !isSmall(size), history }: NodeCardProps) {
  const { node, pool, state, rates } = lane;
  const look = stateLooks[state];
  const { pending, error, set, effect } = useSetMode(pool.id, node.id);
  const locked = useLock();
  const compact = isSmall(size);
  const drain = state === 'draining' ? drainProgress(node, now) : undefined;
  const word = <span className={state === 'down' ? 'fill-down' : look.className}>{look.word}</span>;
  const since = sinceLine(node, state, now);
  const reason = reasonLine(node, state, pool, now);
  const rate = rates ? formatRate(rates.requestsPerSecond) : missing;
  const p95 = formatMs(rates?.p95);
  const connections = formatCount(rates?.connections ?? node.connections);
  const mode = { node: node.label, mode: node.mode, pending, onChange: set, effect, locked };

  const fault =
    node.fault === null ? null : (
      <span className={css['fault']} title={node.fault}>
        <FlaskConical size={12} strokeWidth={2.5} aria-hidden />
        <span>{node.fault}</span>
      </span>
    );
  const address = <MiddleTruncate text={node.address} keep={lane.ends.address} always={compact} className={`mono ${css['address']}`} />;
  /** What a small card says beside the rate: of our making, why it does not serve, or its address. */
  const small = (): ReactNode => {
    if (fault) return fault;
    if (state === 'down' || state === 'checking')
      return (
        <span className={`num ellipsis ${css['brief']}`} title={reason}>
          {node.reason || reason}
        </span>
      );
    // A node without a name of its own is called by its address.
    return node.address === node.label ? <span /> : address;
  };
  /** And at its end: what it does, or for how long it has not. */
  const does = (): ReactNode => {
    if (drain && drain.remainsMs > 0) return `${formatCount(drain.stay)} stay, ${remainSeconds(drain.remainsMs)}`;
    const serves = state === 'healthy' || (state !== 'down' && rates !== undefined && rates.requestsPerSecond > 0);
    if (!serves) return since;
    return (
      <>
        <b>{rate}</b> req/s · {p95} ms
        <span className={css['connections']}> · {connections} conns</span>
      </>
    );
  };

  return (
    <article
      className={`${css['card']} ${compact ? css['compact'] : ''} ${css[cardClass[state] ?? ''] ?? ''} ${selected ? css['selected'] : ''} ${state === 'down' && now - node.since < justDownMs ? css['struck'] : ''}`}
      data-card={cardId.node(lane.key)}
      data-node={lane.key}
      data-state={state}
      data-size={size}
      aria-label={`Node ${node.label}, ${look.word}`}
    >
      {compact ? null : fault}
      <div className={css['head']}>
        <StateRing state={state} size={compact ? 24 : 32} progress={drain?.share ?? 1} />
        <div className={css['names']}>
          <div className={css['line']}>
            <a className={css['name']} href={selectionHref({ kind: 'node', pool: pool.id, id: node.id })} title={node.label}>
              {twoLines && isLongName(node, size) ? (
                <LongName text={node.label} longest={secondLine[compact ? 'small' : 'large']} />
              ) : (
                <MiddleTruncate text={node.label} keep={lane.ends.name} />
              )}
            </a>
            <span className={css['word']}>{word}</span>
          </div>
          <div className={css['line']}>
            {size === 'row' ? <ModeMenu {...mode} /> : null}
            {compact ? small() : address}
            <span className={`num ${css['since']}`}>{compact ? does() : since}</span>
          </div>
        </div>
      </div>
      {compact && !error ? null : error ? (
        <p className={`${css['why']} ${css['error']} ellipsis`} role="alert" title={error}>
          <TriangleAlert size={12} aria-hidden /> {error}
        </p>
      ) : (
        <p
          className={`${css['why']} num ${state === 'down' || state === 'checking' || state === 'draining' ? css['twoLines'] : 'ellipsis'}`}
          title={reason}
        >
          {reason}
        </p>
      )}
      {drain && !compact ? (
        <div className={css['drainBar']}>
          <i style={{ width: `${(drain.share * 100).toFixed(1)}%` }} />
        </div>
      ) : null}
      {size === 'row' ? null : <ModeControl {...mode} compact={compact} />}
      {compact ? null : size === 'short' ? (
        <div className={`${css['figures']} num`}>
          <span>
            <b>{rate}</b> req/s
          </span>
          <span className={css['centre']}>
            <b>{connections}</b> conns
          </span>
          <span>
            <b>{p95}</b> ms p95
          </span>
        </div>
      ) : (
        <div className={`${css['figures']} num`}>
          <span>
            <b className={css['big']}>{rate}</b> req/s
          </span>
          {history ? <Sparkline values={history} /> : <span />}
          <span>
            <b>{p95}</b> ms p95
          </span>
          <span>
            <b>{connections}</b> conns
          </span>
          <span className={css['centre']}>
            <b>{formatCount(node.stickyClients)}</b> sticky
          </span>
          <span>
            weight <b>{node.weight}</b>
          </span>
        </div>
      )}
    </article>
  );
});
