import { History, X } from 'lucide-react';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { NodeState, PoolState } from '../../../shared/model/state.ts';
import { nodeKey } from '../../../shared/state/patch.ts';
import { useEngine, useFailovers, useJournal, useReplay, useStores, useTraffic } from '../../stores/context.tsx';
import { type Failover, noticedIn } from '../../stores/failover-store.ts';
import type { TrafficView } from '../../stores/traffic-rings.ts';
import { type EffectiveState, effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { formatClockTenths, formatCount, formatDay, formatMs, formatRate, missing, shortenMiddle } from '../../ui/format.ts';
import { LongName } from '../../ui/long-name.tsx';
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
/** Squares drawn for a node at most. */
const maxSquares = 24;
/** Characters of a node's name that fit a tile's line in full size, and the head of all; of more both ends are shown. */
const oneLine = 11;
const headName = 20;
/** And the second of its two lines in a smaller one: where there are few tiles, in rows of three, in rows of four. */
const secondLine = { few: 14, three: 17, four: 12 };
const nameRoom = (columns: number) => (columns <= 3 ? secondLine.few : columns === 5 || columns === 6 ? secondLine.three : secondLine.four);
/** A count of so many characters, its comma among them, is set smaller, so that its unit has room. */
const longCount = 4;
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

/** How many clients a square stands for: 1, 2, 5, 10 …, the first with which no node has too many. */
function clientsPerSquare(most: number): number {
  for (let unit = 1; ; unit *= 10) for (const step of [1, 2, 5]) if (most / (unit * step) <= maxSquares) return unit * step;
}

/** What a tile counts: who sticks to the node, or what is open to it. */
function countOf({ pool, node }: Tile, traffic: TrafficView): number {
  const rates = traffic.nodes.get(nodeKey(pool.id, node.id));
  if (pool.stickiness !== 'none') return rates?.stickyClients ?? node.stickyClients;
  return rates?.connections ?? node.connections;
}

interface NodeTileProps {
  tile: Tile;
  traffic: TrafficView;
  failover: Failover | null;
  /** Characters of its name's second line. */
  room: number;
  perSquare: number;
}

function NodeTile({ tile, traffic, failover, room, perSquare }: NodeTileProps) {
  const { pool, node, state } = tile;
  const inReplay = useStores().past !== null;
  const look = stateLooks[state];
  const rates = traffic.nodes.get(nodeKey(pool.id, node.id));
  const sticks = pool.stickiness !== 'none';
  const count = countOf(tile, traffic);
  const concerned = failover && failover.pool === pool.id ? failover : null;
  const left = concerned?.node === node.id ? concerned.moved : 0;
  const came = concerned?.movedTo.get(node.id) ?? 0;
  const squaresOf = (clients: number) => Math.min(maxSquares, Math.ceil(clients / perSquare));
  const squares = squaresOf(count);
  const cameSquares = squaresOf(Math.min(came, count));
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
            {node.label.length > oneLine ? <LongName text={node.label} longest={room} /> : node.label}
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
            <i key={i} className={squares - i <= cameSquares ? css['came'] : undefined} />
          ))}
          {count === 0 ? Array.from({ length: squaresOf(left) }, (_, i) => <i key={`left ${i}`} className={css['ghost']} />) : null}
        </div>
      ) : null}
      <div className={`num ${css['count']}`}>
        <b data-count data-long={formatCount(count).length > longCount || undefined}>
          {formatCount(count)}
        </b>
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
  const perSquare = clientsPerSquare(
    Math.max(0, ...tiles.filter(({ pool }) => pool.stickiness !== 'none').map((t) => countOf(t, traffic))),
  );
  const density = columns <= 4 ? 'few' : columns <= 8 ? 'some' : 'many';

  // Squares are drawn only where tiles are few.
  const square =
    density === 'few' && perSquare > 1 ? (
      <Stat name="1 square" value={formatCount(perSquare)} unit="clients" definition="The last square of a node may stand for fewer" />
    ) : null;

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
          <NodeTile
            key={nodeKey(tile.pool.id, tile.node.id)}
            tile={tile}
            traffic={traffic}
            failover={failover}
            room={nameRoom(columns)}
            perSquare={perSquare}
          />
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
            {square}
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
            {square}
            <Stat name="all together" value={formatRate(traffic.total.requestsPerSecond)} unit="req/s" definition="Over all listeners" />
          </dl>
        )}
      </footer>
    </main>
  );
}
