import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useClient } from '../../bridge/context.tsx';
import { useConfig, useEngine, useStores, useTraffic, useView } from '../../stores/context.tsx';
import { useNow } from '../../ui/use-now.ts';
import { type ClientsFeed, createClientsFeed } from './clients-feed.ts';
import { addMoves, expireMoves, ghostMs, type Movements, noMovements } from './departures.ts';
import { buildLiveModel, type LiveModel } from './live-model.ts';

/** `value`, or what it was when the view began to stand still. */
export function useHeld<T>(value: T, held: boolean): T {
  const [kept, setKept] = useState(value);
  if (!held && kept !== value) setKept(value);
  return held ? kept : value;
}

/** The client table for as long as the map is open. */
export function useClientsFeed(): ClientsFeed {
  const client = useClient();
  const { journal, view, engine, past } = useStores();
  const feed = useMemo(() => {
    if (past) return past.clients;
    // Nodes whose clients are on their way elsewhere: the engine forgets where they were until they come back.
    const isLeft = (pool: string, id: string) => {
      const node = engine.store
        .getState()
        .pools.find((p) => p.id === pool)
        ?.nodes.find((n) => n.id === id);
      return node !== undefined && (node.state === 'down' || node.mode === 'reject' || node.mode === 'drain');
    };
    return createClientsFeed(client, journal, isLeft);
  }, [client, journal, engine, past]);
  useEffect(
    () => feed.start(() => !document.hidden && view.getState().paused === null && engine.store.getState().pools.length > 0),
    [feed, view, engine],
  );
  return feed;
}

/** All that the map shows, renewed twice a second and at once when a state changes; stands still while paused. */
export function useLiveModel(feed: ClientsFeed, onlyPool: string): LiveModel {
  const listeners = useEngine((s) => s.listeners);
  const pools = useEngine((s) => s.pools);
  const config = useConfig((s) => s.config);
  const traffic = useTraffic();
  const { clients, total, counts = null } = useStore(feed.store);
  const clock = useNow();
  // Durations are told by the engine's clock: the window may run on a machine with another.
  const now = traffic.time > 0 ? traffic.time : clock;
  const paused = useView((s) => s.paused !== null);
  const model = useMemo(
    () => buildLiveModel({ listeners, pools, config, traffic, clients, counts, totalClients: total, onlyPool, now }),
    [listeners, pools, config, traffic, clients, counts, total, onlyPool, now],
  );
  return useHeld(model, paused);
}

/** What movements have left behind and brought; fades by itself. */
export function useMovements(feed: ClientsFeed): Movements {
  const [movements, setMovements] = useState(noMovements);
  const { view, past } = useStores();
  const { time } = useTraffic();
  useEffect(
    () =>
      feed.onMoving((moves) => {
        if (view.getState().paused === null) setMovements((before) => addMoves(before, moves, Date.now()));
      }),
    [feed, view],
  );
  const any = movements.left.size + movements.came.size > 0;
  useEffect(() => {
    if (!any) return;
    const timer = setInterval(() => setMovements((before) => expireMoves(before, Date.now())), 500);
    return () => clearInterval(timer);
  }, [any]);
  // A replay knows what has just happened at the moment it shows, from wherever it came there.
  const replayed = useMemo(
    () => past?.clients.recent(time, ghostMs).reduce((sum, { time: at, move }) => addMoves(sum, [move], at), noMovements),
    [past, time],
  );
  return replayed ? expireMoves(replayed, time) : movements;
}
