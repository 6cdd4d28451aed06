import { type CSSProperties, Fragment, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Client } from '../../../shared/model/metrics.ts';
import { FlowMap, type MapScales } from '../../map/flow-map.ts';
import type { Box } from '../../map/bands.ts';
import { useEngine, useReplay, useSettings, useStores, useView } from '../../stores/context.tsx';
import { formatCount } from '../../ui/format.ts';
import { inRem, useTextScale } from '../../ui/text-scale.ts';
import { BeyondLine } from './beyond-line.tsx';
import { cardSize, hasTwoLines, isSmall, largeFrom, type Track, tracks } from './card-size.ts';
import { ClientGroup } from './client-group.tsx';
import { clientId, type ClientsFeed } from './clients-feed.ts';
import type { Movements } from './departures.ts';
import { FlightDeck } from './flight-deck.ts';
import { ListenerCard, PoolCard } from './hub-cards.tsx';
import { createInViewStore, lanesIn, tellInView, viewOf } from './in-view.ts';
import { Legend } from './legend.tsx';
import {
  buildEdges,
  cardId,
  type ChipLook,
  type Lane,
  lanesHeight,
  type LiveModel,
  nodeEdgeId,
  type Selection,
  selectionHref,
  trunkEdgeId,
} from './live-model.ts';
import { NodeCard } from './node-card.tsx';
import { troubleHeight, TroubleList } from './trouble-list.tsx';
import css from './live.module.css';

interface MapViewProps {
  model: LiveModel;
  feed: ClientsFeed;
  movements: Movements;
  selection: Selection | null;
  search: string;
  onScales: (scales: MapScales) => void;
  scales: MapScales;
}

/** The column of clients with and without an inspector. Pixels. */
const clientsColumn = { whole: 208, beside: 150 };
/** From the middle of a listener's card to under it, with what went wrong on it, for each more beside it, and a message's height. Pixels. */
const hubReach = { plain: 86, error: 118, more: 61 };
const messageHeight = 105;

/** How many messages there is room for below the lowest of the cards between clients and nodes: 2, 1 or none. */
function freeFoot(model: LiveModel, heightPx: number, lists: boolean): number {
  const lowest = model.blocks.at(-1);
  if (!lowest || lowest.listeners.length === 0) return 0;
  const { error, plain, more } = hubReach;
  const reach = (lowest.listeners.some(({ state }) => state === 'error') ? error : plain) + (lowest.listeners.length - 1) * more;
  const listed = lists ? plain + troubleHeight(lowest.lanes) / 2 : 0;
  const room = (heightPx * lowest.rows) / model.rows / 2 - Math.max(reach, listed);
  return Math.max(0, Math.min(2, Math.floor(room / messageHeight)));
}

/** Points of a card's sparkline. */
const sparkPoints = 30;
const minuteMs = 60_000;

/** Cards that stay in view while the others are scrolled. */
const stays = '[data-stays] > [data-card]';

/** Where every card is in the scrolled content, in pixels at the usual text size. */
function measure(content: HTMLElement, scale: number, which = '[data-card]'): Map<string, Box> {
  const origin = content.getBoundingClientRect();
  const boxes = new Map<string, Box>();
  for (const card of content.querySelectorAll<HTMLElement>(which)) {
    const rect = card.getBoundingClientRect();
    boxes.set(card.dataset['card']!, {
      left: (rect.left - origin.left) / scale,
      right: (rect.right - origin.left) / scale,
      y: ((rect.top + rect.bottom) / 2 - origin.top) / scale,
    });
  }
  return boxes;
}

/** Clients, listeners, pools and nodes in lanes, over the canvas that shows what flows between them. */
export function MapView({ model, feed, movements, selection, search, onScales, scales }: MapViewProps) {
  const stores = useStores();
  // Without news nothing may move: the last picture stands still, as in a paused view.
  const offline = useEngine((s) => s.connection === 'offline');
  const paused = useView((s) => s.paused !== null) || offline;
  const playing = useReplay((s) => s.playing);
  const noMotion = useSettings((s) => s.reducedMotion);
  // A moment of a replay is a picture: its dots stand until it plays.
  const reducedMotion = noMotion || (stores.past !== null && !playing);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<FlowMap | null>(null);
  const [deck, setDeck] = useState<FlightDeck | null>(null);
  const scale = useTextScale();
  // Of the map, in pixels at the usual text size, as all lengths of cards and lanes here.
  const [height, setHeight] = useState(0);
  const [inView] = useState(createInViewStore);
  const boxes = useRef<ReadonlyMap<string, Box>>(new Map());
  const anew = useRef(true);
  const shown = useRef<readonly Lane[]>(model.lanes);

  useEffect(() => {
    const made = new FlowMap(canvas.current!, onScales);
    const flights = new FlightDeck(content.current!, (list) => made.addFlights(list));
    setMap(made);
    setDeck(flights);
    return () => {
      flights.destroy();
      made.destroy();
    };
  }, [onScales]);

  /** Where cards stand now: all of them once they may stand elsewhere, else those that stay in view while the rest is scrolled. */
  const place = useCallback(() => {
    if (!content.current) return boxes.current;
    boxes.current = anew.current ? measure(content.current, scale) : new Map([...boxes.current, ...measure(content.current, scale, stays)]);
    anew.current = false;
    return boxes.current;
  }, [scale]);
  /** Tells those who draw what is in view, nobody else: nothing is rendered because the map is scrolled. */
  const look = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const view = viewOf(box, scale);
    tellInView(inView, view && lanesIn(shown.current, boxes.current, view));
    map?.scroll(box.scrollLeft, box.scrollTop, view);
  }, [map, scale, inView]);

  useEffect(() => {
    if (!map) return;
    const observer = new ResizeObserver(() => {
      const box = scroller.current!;
      map.resize(box.clientWidth, box.clientHeight, scale);
      setHeight(box.clientHeight / scale);
      anew.current = true;
      const placed = place();
      look();
      map.setBoxes(placed);
    });
    observer.observe(scroller.current!);
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, [map, scale, place, look]);

  useEffect(() => map?.setPaused(paused), [map, paused]);
  useEffect(() => map?.setReducedMotion(reducedMotion), [map, reducedMotion]);

  const edges = useMemo(() => buildEdges(model, selection), [model, selection]);
  // After each render cards may stand elsewhere.
  useLayoutEffect(() => {
    if (!map) return;
    shown.current = model.lanes;
    anew.current = true;
    map.setEdges(edges, place);
    look();
    deck?.depart();
  });

  useEffect(() => {
    if (!deck) return;
    return feed.onMoving((moves) => {
      if (!paused && !reducedMotion) deck.announce(moves);
    });
  }, [deck, feed, paused, reducedMotion]);

  useEffect(() => {
    if (!map) return;
    return stores.traffic.onTick((tick) => {
      const atNodes = new Map<string, number>();
      for (const node of tick.nodes) {
        map.addErrors(nodeEdgeId(`${node.pool}/${node.node}`), node.errors);
        atNodes.set(node.pool, (atNodes.get(node.pool) ?? 0) + node.errors);
      }
      // An error stands where it happened: what a node got wrong is on its own edge already, the rest never reached a node.
      const { listeners } = stores.engine.store.getState();
      for (const listener of tick.listeners) {
        const pool = listeners.find((l) => l.id === listener.id)?.pool ?? '';
        map.addErrors(trunkEdgeId(listener.id), Math.max(0, listener.errors - (atNodes.get(pool) ?? 0)));
      }
    });
  }, [map, stores]);

  const columnPx = selection ? clientsColumn.beside : clientsColumn.whole;
  const chipsHeight = (chips: ChipLook, { lane, gap, edges }: Track) => lanesHeight(model.lanes, chips, columnPx, lane, gap) - gap + edges;
  const largest = cardSize(model.lanes, model.rows, height);
  // A large card gives up some height where clients keep their names for it.
  const size = model.packed ? largest : (largeFrom(largest).find((one) => chipsHeight('named', tracks[one]) <= height) ?? largest);
  const small = isSmall(size);
  const twoLines = hasTwoLines(size, model.lanes, model.rows, height);
  // Named chips that would push a lane out of view become small ones: who is where is seen at a glance, or not at all.
  const track = tracks[size];
  const dense =
    !model.packed && height > 0 && chipsHeight('named', track) > Math.max(height, chipsHeight(size === 'row' ? 'tiny' : 'small', track));
  // Beside an inspector what is between clients and nodes is too narrow for a message.
  const foot = selection ? 0 : freeFoot(model, height, small);
  const up = model.lanes.filter((lane) => lane.state !== 'down' && lane.state !== 'rejecting').length;
  const listeners = model.blocks.reduce((sum, block) => sum + block.listeners.length, 0);
  const selectedClient = selection?.kind === 'client' ? clientId(selection.pool, selection.id) : null;
  const choose = useCallback((client: Client) => {
    location.hash = selectionHref({ kind: 'client', pool: client.pool, id: client.key });
  }, []);
  const cardOf = (key: string) => content.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(cardId.node(key))}"]`);
  const goTo = useCallback(
    ({ key }: Pick<Lane, 'key'>) => {
      const card = cardOf(key);
      card?.scrollIntoView({ block: 'center', behavior: noMotion ? 'instant' : 'smooth' });
      card?.querySelector<HTMLElement>('a')?.focus({ preventScroll: true });
    },
    [noMotion],
  );
  const selectedLane = selection?.kind === 'node' ? `${selection.pool}/${selection.id}` : null;
  useEffect(() => {
    if (selectedLane !== null) cardOf(selectedLane)?.scrollIntoView({ block: 'nearest' });
  }, [selectedLane]);
  const style = { '--rows': model.rows, '--lane': inRem(track.lane), '--gap': inRem(track.gap) } as CSSProperties;

  return (
    <>
      <div className={css['mapArea']} data-free-foot={foot > 0 ? foot : undefined}>
        <canvas ref={canvas} className={css['canvas']} aria-hidden="true" />
        <div ref={scroller} className={css['scroller']} onScroll={look}>
          <div
            ref={content}
            className={`${css['content']} ${small ? css['slim'] : ''} ${small && model.packed ? css['packed'] : ''}`}
            data-size={size}
            data-map
          >
            <div className={`${css['cols']} ${css['heads']}`}>
              <span className={css['k1']}>
                <b>Clients</b> {formatCount(model.totalClients)}
                {model.totalClients > model.clients ? `, ${formatCount(model.clients)} shown` : ''}
              </span>
              <span className={css['k2']}>
                <b>Listener</b> {listeners}
              </span>
              <span className={css['k3']}>
                <b>Pool</b> {model.blocks.length}
              </span>
              <span className={`${css['k4']} ${css['k4Head']}`}>
                <span>
                  <b>Nodes</b> {up} of {model.lanes.length} up
                </span>
                {small ? <span className={css['what']} /> : null}
              </span>
            </div>
            <div className={`${css['cols']} ${css['body']}`} style={style}>
              <BeyondLine side="above" lanes={model.lanes} inView={inView} onGo={goTo} />
              <BeyondLine side="below" lanes={model.lanes} inView={inView} onGo={goTo} />
              {model.blocks.map(({ pool, listeners: own, lanes, row, rows }) => (
                <Fragment key={pool.id}>
                  {lanes.map((lane, i) => (
                    <Fragment key={lane.key}>
                      <div className={`${css['k1']} ${css['cell']}`} style={{ gridRow: row + i }}>
                        <ClientGroup
                          lane={lane}
                          packed={model.packed}
                          perSquare={model.perSquare}
                          dense={dense}
                          now={model.now}
                          left={movements.left.get(lane.key)}
                          came={movements.came.get(lane.key)}
                          search={search}
                          selected={selectedClient}
                          onSelect={choose}
                        />
                      </div>
                      <div className={`${css['k4']} ${css['cell']}`} style={{ gridRow: row + i }}>
                        <NodeCard
                          lane={lane}
                          now={model.now}
                          size={size}
                          twoLines={twoLines}
                          selected={selection?.kind === 'node' && selection.pool === pool.id && selection.id === lane.node.id}
                          history={
                            small || size === 'short'
                              ? undefined
                              : stores.traffic.node(lane.key)?.history(model.traffic.time, minuteMs, sparkPoints)
                          }
                        />
                      </div>
                    </Fragment>
                  ))}
                  {lanes.length === 0 ? (
                    <div className={`${css['k4']} ${css['cell']}`} style={{ gridRow: row }}>
                      <p className={css['noNodes']}>
                        {pool.name} has no nodes yet. <a href={`#/pools/${encodeURIComponent(pool.id)}`}>Add one</a>
                      </p>
                    </div>
                  ) : null}
                  <div className={`${css['k2']} ${css['lane']}`} style={{ gridRow: `${row} / span ${rows}` }}>
                    <div className={css['stack']} data-stays>
                      {own.map((listener) => (
                        <ListenerCard
                          key={listener.id}
                          listener={listener}
                          pool={pool}
                          connections={model.traffic.listeners.get(listener.id)?.connections ?? listener.connections}
                          selected={selection?.kind === 'listener' && selection.id === listener.id}
                        />
                      ))}
                      {own.length === 0 ? (
                        <p className={css['noListener']}>
                          No listener. <a href="#/listeners/new">Add one</a>
                        </p>
                      ) : null}
                    </div>
                  </div>
                  <div className={`${css['k3']} ${css['lane']}`} style={{ gridRow: `${row} / span ${rows}` }}>
                    <div className={css['stack']} data-stays>
                      <PoolCard pool={pool} selected={selection?.kind === 'pool' && selection.id === pool.id}>
                        <TroubleList lanes={lanes} inView={inView} onGo={goTo} />
                      </PoolCard>
                    </div>
                  </div>
                </Fragment>
              ))}
            </div>
          </div>
        </div>
      </div>
      <Legend
        scales={scales}
        packed={model.packed}
        dense={dense}
        perSquare={model.perSquare}
        pinned={model.lanes.some((l) => l.clients.some((c) => c.pinned))}
        movements={movements}
      />
    </>
  );
}
