import { ChartNoAxesGantt, X } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { Failover, FailoverStore, StateChange } from '../../stores/failover-store.ts';
import { useLock, useStores } from '../../stores/context.tsx';
import { nodeKey } from '../../../shared/state/patch.ts';
import type { NodeState, PoolState } from '../../../shared/model/state.ts';
import { ButtonLink, IconButton } from '../../ui/button.tsx';
import { type EffectiveState, effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { formatClock } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { inRem } from '../../ui/text-scale.ts';
import { failoverScores } from './failover-words.ts';
import css from './failover-strip.module.css';

interface FailoverStripProps {
  failover: Failover;
  pools: readonly PoolState[];
  now: number;
}

/** Lanes drawn at most: the node itself and its neighbours. */
const maxLanes = 3;
/** The column of their names: as wide as the longest, within bounds. Pixels. */
const nameWidth = { least: 56, most: 148, letter: 8 };
/** The lanes begin this long before the first failure, and show at least and at most this much after it. Milliseconds. */
const beforeMs = 4_000;
const leastMs = 8_000;
const mostMs = 30_000;
/** What the Timeline shows around a failover. Milliseconds. */
const shownBeforeMs = 15_000;
const shownAfterMs = 20_000;

/** The node and those next to it, in the pool's order. */
function lanesOf(pool: PoolState, node: string): NodeState[] {
  const at = pool.nodes.findIndex((n) => n.id === node);
  const from = Math.max(0, Math.min(at - 1, pool.nodes.length - maxLanes));
  return pool.nodes.slice(from, from + maxLanes);
}

interface Piece {
  state: EffectiveState;
  /** Per cent of the lane. */
  left: number;
  width: number;
}

function piecesOf(changes: readonly StateChange[], from: number, to: number, drawnTo: number): Piece[] {
  return changes.flatMap(({ at, state }, i): Piece[] => {
    const start = Math.max(from, i === 0 ? from : at);
    const end = Math.min(drawnTo, changes[i + 1]?.at ?? drawnTo);
    if (end <= start) return [];
    return [{ state, left: (100 * (start - from)) / (to - from), width: (100 * (end - start)) / (to - from) }];
  });
}

function Lanes({
  failover,
  pool,
  now,
  statesOf,
}: {
  failover: Failover;
  pool: PoolState;
  now: number;
  statesOf: FailoverStore['statesOf'];
}) {
  const first = failover.firstAt ?? failover.downAt;
  const from = first - beforeMs;
  const to = first + Math.min(mostMs, Math.max(leastMs, (failover.upAt ?? now) - first + 2_000));
  const percent = (time: number) => (100 * (time - from)) / (to - from);
  const marks = [
    ...(failover.firstAt !== null && failover.firstAt < failover.downAt
      ? [{ at: failover.firstAt, words: `first failed ${failover.firstBy} ${formatClock(failover.firstAt)}`, side: css['before'] }]
      : []),
    { at: failover.downAt, words: 'down', side: css['after'] },
    ...(failover.upAt !== null && failover.upAt < to ? [{ at: failover.upAt, words: 'back', side: css['after'] }] : []),
  ];
  const shown = lanesOf(pool, failover.node);
  const width = Math.min(nameWidth.most, Math.max(nameWidth.least, nameWidth.letter * Math.max(...shown.map(({ label }) => label.length))));
  return (
    <div className={css['lanes']} style={{ '--name': inRem(width) } as CSSProperties} aria-hidden="true">
      <div className={`num ${css['marks']}`}>
        {marks.map((mark) => (
          <i key={mark.words} style={{ left: `${percent(mark.at)}%` }}>
            <span className={mark.side}>{mark.words}</span>
          </i>
        ))}
      </div>
      {shown.map((node) => {
        const seen = statesOf(nodeKey(pool.id, node.id));
        const changes = seen.length > 0 ? seen : [{ at: node.since, state: effectiveState(node) }];
        return (
          <div key={node.id} className={css['lane']}>
            <MiddleTruncate text={node.label} keep={11} className={css['laneName']} />
            <span className={css['track']}>
              {piecesOf(changes, from, to, Math.min(now, to)).map((piece) => (
                <i
                  key={piece.left}
                  className={css[piece.state]}
                  style={{ left: `${piece.left}%`, width: `${piece.width}%` }}
                  title={stateLooks[piece.state].word}
                />
              ))}
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** What a failover did, in the numbers that are known of it. Opens when a node goes down, closes by hand or some time after its return. */
export function FailoverStrip({ failover, pools, now }: FailoverStripProps) {
  const { failovers } = useStores();
  const inReplay = useLock() !== '';
  const first = failover.firstAt ?? failover.downAt;
  const pool = pools.find((p) => p.id === failover.pool);
  return (
    <section className={`${css['strip']} ${inReplay ? css['flat'] : ''}`} data-strip aria-label={`Failover of ${failover.label}`}>
      {pool ? <Lanes failover={failover} pool={pool} now={now} statesOf={failovers.statesOf} /> : null}
      <dl className={`num ${css['scores']}`}>
        {failoverScores(failover, now).map((score) => (
          <div key={score.name} tabIndex={0} className={css['score']}>
            {score.who === undefined ? (
              <dt>{score.name}</dt>
            ) : (
              <dt className={css['who']}>
                <MiddleTruncate text={score.who} keep={9} /> <span>{score.name}</span>
              </dt>
            )}
            <dd>
              <b>{score.value}</b> {score.unit}
              <span>{score.below}</span>
              <span role="tooltip" className={css['definition']}>
                {score.definition}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <div className={css['actions']}>
        <IconButton
          label={`Close the failover of ${failover.label}`}
          icon={<X size={14} aria-hidden />}
          onClick={() => failovers.close(failover.key)}
        />
        {inReplay ? null : (
          <ButtonLink
            small
            look="quiet"
            className={css['toTimeline']}
            href={`#/timeline?from=${Math.round(first - shownBeforeMs)}&to=${Math.round(Math.min(now, (failover.upAt ?? now) + shownAfterMs))}&at=${Math.round(first)}`}
            aria-label="Show in Timeline"
            title="Show in Timeline"
          >
            <ChartNoAxesGantt size={14} aria-hidden />
          </ButtonLink>
        )}
      </div>
    </section>
  );
}
