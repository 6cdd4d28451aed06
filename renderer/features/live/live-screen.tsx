import { Plus, Search } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { MapScales } from '../../map/flow-map.ts';
import { useEngine, useFailovers, useLock, useStores, useView } from '../../stores/context.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { FilterSelect } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Unread } from '../../ui/unread.tsx';
import { DemoStrip } from './demo-strip.tsx';
import { FailoverStrip } from './failover-strip.tsx';
import { FirstRun } from './first-run.tsx';
import { Inspector } from './inspector/inspector.tsx';
import { parseSelection } from './live-model.ts';
import { MapTable } from './map-table.tsx';
import { MapView } from './map-view.tsx';
import { PausedBar } from './paused-bar.tsx';
import { useClientsFeed, useHeld, useLiveModel, useMovements } from './use-live.ts';
import css from './live.module.css';

function LiveMap({ parts }: { parts: string[] }) {
  const feed = useClientsFeed();
  const [onlyPool, setOnlyPool] = useState('');
  const [search, setSearch] = useState('');
  const [scales, setScales] = useState<MapScales>({ requestsPerDot: 1, pixelsPerRate: 0.2, errorsPerDiamond: 1 });
  const pools = useEngine((s) => s.pools);
  const shownPool = pools.some((pool) => pool.id === onlyPool) ? onlyPool : '';
  const model = useLiveModel(feed, shownPool);
  const movements = useMovements(feed);
  const paused = useView((s) => s.paused !== null);
  const failover = useHeld(
    useFailovers((s) => s.current),
    paused,
  );
  const joined = parts.join('\n');
  const selection = useMemo(() => parseSelection(joined.split('\n')), [joined]);
  const wanted = search.trim().toLowerCase();
  const known =
    wanted === '' ? 0 : model.lanes.reduce((sum, l) => sum + l.clients.filter((c) => c.key.toLowerCase().includes(wanted)).length, 0);
  const counted = useStore(feed.store, (s) => s.found ?? null);
  const found = counted ?? known;
  useEffect(
    () => feed.look?.({ search: wanted, chosen: selection?.kind === 'client' ? { pool: selection.pool, key: selection.id } : null }),
    [feed, wanted, selection],
  );
  const onScales = useCallback((next: MapScales) => setScales(next), []);
  const locked = useLock();
  const offline = useEngine((s) => s.connection === 'offline');
  const addTo = shownPool || pools[0]?.id;
  const packedNote = `${
    model.perSquare === 1
      ? 'Above 150 clients, each square is one client.'
      : `So many are counted: a square is ${formatCount(model.perSquare)} clients, the last of a node fewer.`
  } Pinned and found ones keep their name.`;

  return (
    <>
      <main className={`screen ${selection ? 'with-inspector' : ''} ${offline ? css['stale'] : ''} ${locked ? css['replayed'] : ''}`}>
        <PausedBar />
        {/* While a failover is on view its strip needs the room, or the last lane would be cut at 800 px and below. */}
        {failover ? null : <DemoStrip />}
        <div className="page-head">
          <h1>Live</h1>
          {pools.length > 1 ? (
            <FilterSelect
              label="Pools shown"
              value={shownPool}
              choices={[{ value: '', label: 'All pools' }, ...pools.map((pool) => ({ value: pool.id, label: `Pool: ${pool.name}` }))]}
              onChange={setOnlyPool}
            />
          ) : null}
          <TextField
            label="Find a client"
            type="search"
            hideLabel
            small
            className={css['find']}
            placeholder="Find a client"
            icon={<Search size={14} aria-hidden />}
            value={search}
            onChange={setSearch}
          />
          <span className={`num ${css['found']}`} role="status">
            {wanted === '' ? '' : found === 0 ? 'none found' : `${formatCount(found)} found`}
          </span>
          <span className={css['grow']}>
            {model.packed ? (
              <span className={`ellipsis ${css['note']}`} title={packedNote}>
                {packedNote}
              </span>
            ) : null}
          </span>
          {addTo && !locked ? (
            <ButtonLink small href={`#/pools/${encodeURIComponent(addTo)}`} title="Add a node in the pool's editor">
              <Plus size={12} aria-hidden /> Node
            </ButtonLink>
          ) : null}
        </div>
        <MapTable model={model} />
        <MapView
          model={model}
          feed={feed}
          movements={movements}
          selection={selection}
          search={wanted}
          onScales={onScales}
          scales={scales}
        />
        {failover ? <FailoverStrip key={failover.key} failover={failover} pools={pools} now={model.now} /> : null}
      </main>
      {selection ? <Inspector selection={selection} model={model} /> : null}
    </>
  );
}

/** The map of what happens now; before anything is set up, the way to begin. */
export function LiveScreen({ parts }: { parts: string[] }) {
  const known = useEngine((s) => s.epoch !== null);
  const empty = useEngine((s) => s.listeners.length === 0 && s.pools.length === 0);
  const unread = useEngine((s) => s.epoch === null && s.connection === 'offline');
  const problem = useEngine((s) => s.problem);
  const { engine } = useStores();
  if (unread)
    return (
      <main className="screen">
        <div className="page-head">
          <h1>Live</h1>
        </div>
        <Unread what="The nodes and their clients" problem={problem} onRetry={engine.refresh} />
      </main>
    );
  if (!known) return <main className="screen" aria-busy="true" aria-label="Live" />;
  return empty ? <FirstRun /> : <LiveMap parts={parts} />;
}
