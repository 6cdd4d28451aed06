import { History, X } from 'lucide-react';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { NodeState, PoolState } from '../../../shared/model/state.ts';
import { nodeKey } from '../../../shared/state/patch.ts';
import { useEngine, useFailovers, useJournal, useReplay, useStores, useTraffic } from '../../stores/context.tsx';
import { type Failover, noticedIn } from '../../stores/failover-store.ts';
import type { TrafficView } from '../../stores/traffic-rings.ts';
import { type EffectiveState, effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { formatClockTenths, formatCount, formatDay, formatMs, formatRate, missing, shortenMiddle } from '../../ui/format.ts';
import { RollUpRing } from '../../ui/rollup-ring.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { overallState } from '../shell/overall-state.ts';
import { lastEventWords } from './last-event.ts';
import css from './present.module.css';

const hash = '#/present';
/** Where presenting began, to go back to. */
let before = '#/live';

const subscribe = (callback: () => void) => {
  const onChange = (event: HashChangeEvent) => {
    const from = new URL(event.oldURL).hash;
    if (location.hash === hash && from !== hash && from !== '') before = from;
    callback();
  };
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
};

/** Whether the window presents. */
export function usePresenting(): boolean {
  return useSyncExternalStore(subscribe, () => location.hash === hash);
}

/** Back to where it began. */
export function leavePresenting(): void {
  location.hash = before;
}

/** Nodes shown at most; the rest is one tile. */
const maxTiles = 12;
/** Squares drawn at most, one a client. */
const maxSquares = 24;
/** Characters of a node's name that fit a tile's line in full size, and the head of all; of more both ends are shown. */
const oneLine = 11;
const headName = 20;
/** And its two lines in a smaller one: where there are few tiles, in rows of three, in rows of four. */
const twoLines = { few: 26, three: 34, four: 22 };
const nameRoom = (columns: number) => (columns <= 4 ? twoLines.few : columns <= 6 ? twoLines.three : twoLines.four);
const worstFirst: EffectiveState[] = ['down', 'checking', 'draining', 'rejecting', 'backup', 'healthy'];

interface Tile {
  pool: PoolState;
  node: NodeState;
  state: EffectiveState;
}

/** All nodes in their order; of more than fit, the ones in trouble come first. */
function tilesOf(pools: readonly PoolState[]): { tiles: Tile[]; rest: Tile[] } {
  const all = pools.flatMap((pool) => pool.nodes.map((node) => ({ pool, node, state: effectiveState(node) })));
  if (all.length <= maxTiles) return { tiles: all, rest: [] };
  const sorted = all.toSorted((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state));
  return { tiles: sorted.slice(0, maxTiles - 1), rest: sorted.slice(maxTiles - 1) };
}

function whyWords({ node, state, pool }: Tile, inReplay: boolean): string {
  switch (state) {
    case 'healthy':
      if (node.lastCheck?.ok) return `answers in ${formatMs(node.lastCheck.durationMs)} ms`;
      return inReplay ? 'its checks passed' : 'not checked';
    case 'backup':
      return pool.nodes.some((n) => n.mode === 'accept' && n.state !== 'down') ? 'waits its turn' : 'serves now';
    case 'rejecting':
      return 'takes nothing';
    case 'draining':
      return 'takes no new clients';
    default:
      return node.reason.replace(/ \(last.*$/, '');
  }
}

interface NodeTileProps {
  tile: Tile;
  traffic: TrafficView;
  failover: Failover | null;
  /** Characters of its name there is room for. */
  room: number;
}

function NodeTile({ tile, traffic, failover, room }: NodeTileProps) {
  const { pool, node, state } = tile;
  const inReplay = useStores().past !== null;
  const look = stateLooks[state];
  const rates = traffic.nodes.get(nodeKey(pool.id, node.id));
  const sticks = pool.stickiness !== 'none';
  const count = sticks ? (rates?.stickyClients ?? node.stickyClients) : (rates?.connections ?? node.connections);
  const concerned = failover && failover.pool === pool.id ? failover : null;
  const left = concerned?.node === node.id ? concerned.moved : 0;
  const came = concerned?.movedTo.get(node.id) ?? 0;
  const squares = Math.min(maxSquares, count);
  return (
    <article
      className={css['tile']}
      data-state={state}
      data-node={nodeKey(pool.id, node.id)}
      aria-label={`Node ${node.label}, ${look.word}`}
    >
      <div className={css['head']}>
        <span className={css['ring']}>
          <StateRing state={state} />
        </span>
        <div className={css['names']}>
          <h2 data-long={node.label.length > oneLine || undefined} title={node.label}>
            {shortenMiddle(node.label, room)}
          </h2>
          <span data-word className={`${css['word']} ${state === 'down' ? 'fill-down' : look.className}`}>
            {look.word}
          </span>
        </div>
      </div>
      <p className={css['why']}>{whyWords(tile, inReplay)}</p>
      {sticks ? (
        <div className={css['squares']} aria-hidden="true">
          {Array.from({ length: squares }, (_, i) => (
            <i key={i} className={squares - i <= Math.min(came, squares) ? css['came'] : undefined} />
          ))}
          {count === 0
            ? Array.from({ length: Math.min(maxSquares, left) }, (_, i) => <i key={`left ${i}`} className={css['ghost']} />)
            : null}
        </div>
      ) : null}
      <div className={`num ${css['count']}`}>
        <b data-count>{formatCount(count)}</b>
        <span>
          {left > 0 ? <em>−{formatCount(left)}</em> : came > 0 ? <em>+{formatCount(came)}</em> : null}
          {sticks ? (count === 1 ? 'client' : 'clients') : count === 1 ? 'connection' : 'connections'}
        </span>
      </div>
      <p className={`num ${css['rate']}`}>{rates ? formatRate(rates.requestsPerSecond) : missing} req/s</p>
    </article>
  );
}

function Stat({ name, value, unit, definition }: { name: string; value: string; unit?: string; definition: string }) {
  return (
    <div title={definition}>
      <dt>{name}</dt>
      <dd>
        {value}
        {unit ? <span> {unit}</span> : null}
      </dd>
    </div>
  );
}

/** Over everything while the past is presented: nothing live has it. */
function ReplayStrip() {
  const name = useReplay((s) => s.run?.name ?? '');
  const time = useReplay((s) => s.time);
  return (
    <section className={css['replay']} aria-label="Replay, not live">
      <b>
        <History aria-hidden /> Replay, not live
      </b>
      <span className="num">
        “{name}”, {formatDay(time)} at {formatClockTenths(time)}
      </span>
    </section>
  );
}

/** For a projector: what can be read from the last row. It is always now, also while the view is paused, or a replay that says so. */
export function Present() {
  const listeners = useEngine((s) => s.listeners);
  const pools = useEngine((s) => s.pools);
  const connection = useEngine((s) => s.connection);
  const entries = useJournal((s) => s.entries);
  const failover = useFailovers((s) => s.current);
  const traffic = useTraffic();
  const overall = useMemo(() => overallState(listeners, pools), [listeners, pools]);
  const { tiles, rest } = tilesOf(pools);
  const down = pools.flatMap((pool) => pool.nodes).filter((node) => node.mode !== 'reject' && node.state === 'down');
  const head = down.length === 1 && overall.head !== 'Nothing serves' ? `${shortenMiddle(down[0]!.label, headName)} is down` : overall.head;
  const event = lastEventWords(entries, pools, listeners, failover);
  const noticed = failover && noticedIn(failover);
  const live = connection === 'live';
  const inReplay = useStores().past !== null;
  const columns = tiles.length + (rest.length > 0 ? 1 : 0);
  const density = columns <= 4 ? 'few' : columns <= 8 ? 'some' : 'many';

  useEffect(() => {
    const onKey = (pressed: KeyboardEvent) => {
      if (pressed.key === 'Escape' && !pressed.defaultPrevented && !document.querySelector('dialog[open]')) leavePresenting();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return (
    <main className={css['present']} data-density={density} data-stale={live ? undefined : ''} data-replay={inReplay || undefined}>
      {inReplay ? <ReplayStrip /> : null}
      <header className={css['top']}>
        <span className={css['rollup']}>{live ? <RollUpRing rollUp={overall.rollUp} size={72} /> : null}</span>
        <div className={css['overall']}>
          <h1 className={live && overall.alarm ? 'st-down' : undefined} title={live ? head : undefined}>
            {live ? head : 'Engine not reached'}
          </h1>
          <p>{live ? overall.sub : 'What is below is the last that was heard'}</p>
        </div>
        <div className={css['corner']}>
          {inReplay ? null : (
            <span className={css['live']}>
              <i /> {live ? 'Live' : 'Not live'}
            </span>
          )}
          <button type="button" className={css['leave']} onClick={leavePresenting}>
            <X aria-hidden /> <span>Esc ends presenting{inReplay ? ', p plays and pauses' : ''}</span>
          </button>
        </div>
      </header>
      <div className={css['tiles']} data-columns={columns}>
        {tiles.map((tile) => (
          <NodeTile key={nodeKey(tile.pool.id, tile.node.id)} tile={tile} traffic={traffic} failover={failover} room={nameRoom(columns)} />
        ))}
        {rest.length > 0 ? (
          <div className={`${css['tile']} ${css['rest']}`}>
            <b className="num">+{formatCount(rest.length)}</b>
            <span>
              {rest.every((tile) => tile.state === 'healthy')
                ? 'more, all healthy'
                : `more, ${rest.filter((t) => t.state === 'healthy').length} healthy`}
            </span>
          </div>
        ) : null}
        {columns === 0 ? <p className={css['nothing']}>Nothing is set up yet.</p> : null}
      </div>
      <footer className={css['foot']}>
        <p className={css['event']} role="status" title={event}>
          {event ?? 'Nothing has happened yet.'}
        </p>
        {failover ? (
          <dl className={`num ${css['stats']}`}>
            {noticed !== null ? (
              <Stat
                name="noticed in"
                value={noticed}
                unit="s"
                definition={`From the first failure until ${failover.label} was called down`}
              />
            ) : null}
            <Stat
              name="clients moved"
              value={formatCount(failover.moved)}
              definition={`Clients of ${failover.label} that went to another node`}
            />
            <Stat
              name="requests lost"
              value={formatCount(failover.lost)}
              definition="Requests whose client got 5xx or a cut answer since the first failure"
            />
          </dl>
        ) : (
          <dl className={`num ${css['stats']}`}>
            <Stat name="all together" value={formatRate(traffic.total.requestsPerSecond)} unit="req/s" definition="Over all listeners" />
          </dl>
        )}
      </footer>
    </main>
  );
}
