import { useVirtualizer } from '@tanstack/react-virtual';
import { ListFilter, Pin, Search } from 'lucide-react';
import { memo, useDeferredValue, useEffect, useMemo, useState, type KeyboardEvent } from 'react';
import type { Client } from '../../../shared/model/metrics.ts';
import type { PoolState } from '../../../shared/model/state.ts';
import { useEngine } from '../../stores/context.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { effectiveState, type EffectiveState } from '../../ui/effective-state.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { Column } from '../../ui/fitting-columns.ts';
import { formatCount, formatDuration, formatRate, missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { FilterSelect } from '../../ui/select.tsx';
import { SortHead, type Sorting } from '../../ui/sort-head.tsx';
import { StaleNote } from '../../ui/stale-note.tsx';
import { CellItems, GapRow, NodeInCell, Row, RowLink, Table, TableFoot, TableScroll, Td } from '../../ui/table.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useTextScale } from '../../ui/text-scale.ts';
import { Unread } from '../../ui/unread.tsx';
import { useFittingColumns, type Fitting } from '../../ui/use-fitting-columns.ts';
import { useNow } from '../../ui/use-now.ts';
import { ClientInspector } from './client-inspector.tsx';
import { sayAgo, saySince } from './client-words.ts';
import styles from './clients.module.css';
import { many, useClientPages, type ClientQuery } from './use-client-pages.ts';

/** Of a row at the usual text size. CSS pixels. */
const usualRowHeight = 32;

const hrefOf = (client: Pick<Client, 'pool' | 'key'>) => `#/clients/${encodeURIComponent(client.pool)}/${encodeURIComponent(client.key)}`;

/** What a row says of a client's pool and node. */
function placeOf(pools: readonly PoolState[], client: Client | undefined) {
  const pool = pools.find((one) => one.id === client?.pool);
  const node = pool?.nodes.find((one) => one.id === client?.node);
  return {
    poolName: pool?.name ?? client?.pool ?? '',
    nodeName: node?.label ?? client?.node ?? '',
    nodeState: node && effectiveState(node),
  };
}

type ColumnId = NonNullable<ClientQuery['sort']>;

/** The engine's own order changes with each request: rows are read only where they stay. Above `many` that would cost it too much. */
const byKey: Sorting<ColumnId> = { by: 'key', order: 'asc' };

interface ClientColumn extends Column<ColumnId> {
  label: string;
  first?: 'desc';
  right?: boolean;
  title?: string;
}

/** What leaves a narrow table is said of the open client beside it. */
const columnsOf = (showPool: boolean): ClientColumn[] => [
  { id: 'key', label: 'Client', width: 132, grows: 3 },
  { id: 'kind', label: 'By', width: 68, leaves: 3 },
  ...(showPool ? [{ id: 'pool' as const, label: 'Pool', width: 100, grows: 1, leaves: 5 }] : []),
  { id: 'node', label: 'Node', width: 156, grows: 2 },
  { id: 'since', label: 'Since', width: 80, first: 'desc', leaves: 2 },
  { id: 'moves', label: 'Moves', width: 64, first: 'desc', right: true },
  { id: 'lastSeen', label: 'Last seen', width: 84, first: 'desc', right: true },
  { id: 'requests', label: 'Requests', width: 84, first: 'desc', right: true, leaves: 1 },
  { id: 'rate', label: 'Req/s', width: 68, first: 'desc', right: true, title: 'Counted over its last 10 to 20 seconds' },
  { id: 'expires', label: 'Expires in', width: 92, right: true, leaves: 4 },
];

interface ClientRowProps {
  client: Client | undefined;
  index: number;
  selected: boolean;
  poolName: string;
  nodeName: string;
  nodeState: EffectiveState | undefined;
  columns: number;
  has: Fitting<ClientColumn>['has'];
  now: number;
}

/** Drawn anew when its client was asked for again, not with every patch of the engine. */
const ClientRow = memo(function ClientRow({ client, index, selected, poolName, nodeName, nodeState, columns, has, now }: ClientRowProps) {
  if (!client)
    return (
      <Row aria-rowindex={index + 2}>
        <Td colSpan={columns} muted>
          …
        </Td>
      </Row>
    );
  return (
    <Row linked selected={selected} aria-rowindex={index + 2}>
      <Td>
        <CellItems>
          <RowLink href={hrefOf(client)}>
            <MiddleTruncate className="mono" text={client.key} keep={8} />
          </RowLink>
          {client.pinned ? <Pin size={12} strokeWidth={2} role="img" aria-label="pinned" /> : null}
        </CellItems>
      </Td>
      {has('kind') ? <Td muted>{client.kind}</Td> : null}
      {has('pool') ? (
        <Td muted>
          <MiddleTruncate text={poolName} keep={4} />
        </Td>
      ) : null}
      <Td>
        <NodeInCell name={nodeName} state={nodeState} />
      </Td>
      {has('since') ? <Td>{saySince(client.since, now)}</Td> : null}
      <Td right muted={client.moves === 0}>
        {formatCount(client.moves)}
      </Td>
      <Td right>{sayAgo(now - client.lastSeen)}</Td>
      {has('requests') ? <Td right>{formatCount(client.requests)}</Td> : null}
      <Td right muted={!client.requestsPerSecond}>
        {formatRate(client.requestsPerSecond)}
      </Td>
      {has('expires') ? (
        <Td right muted={!client.pinned}>
          {client.pinned ? 'pinned' : client.expiresAt === null ? missing : formatDuration(client.expiresAt - now)}
        </Td>
      ) : null}
    </Row>
  );
});

/**
 * `#/clients`: the stickiness table; `#/clients/web/da71…`: with one client open beside it; `#/clients/on/web/n1`: the clients of
 * one node.
 */
export function ClientsScreen({ parts }: { parts: string[] }) {
  const ofNode = parts.length === 3 && parts[0] === 'on' ? JSON.stringify(parts.slice(1)) : undefined;
  const [openPool, openKey] = ofNode === undefined ? parts : [];
  const pools = useEngine((s) => s.pools);
  const known = useEngine((s) => s.epoch !== null);
  const now = useNow();
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search.trim());
  const [pool, setPool] = useState('');
  const [place, setPlace] = useState(ofNode ?? '');
  const [asked, setAsked] = useState(ofNode);
  if (ofNode !== undefined && asked !== ofNode) {
    setAsked(ofNode);
    setPlace(ofNode);
  }
  const [movedOnly, setMovedOnly] = useState(false);
  const [chosenSorting, setSorting] = useState<Sorting<ColumnId> | null>(null);
  const isMany = useEngine((s) => s.pools.reduce((sum, { nodes }) => nodes.reduce((all, one) => all + one.stickyClients, sum), 0) > many);
  const sorting = chosenSorting ?? (isMany ? null : byKey);
  const rowHeight = usualRowHeight * useTextScale();

  const [nodePool, node] = place === '' ? [] : (JSON.parse(place) as [string, string]);
  const query: ClientQuery = {
    ...(wanted ? { search: wanted } : {}),
    ...(nodePool ? { pool: nodePool, node } : pool ? { pool } : {}),
    ...(movedOnly ? { moved: true } : {}),
    ...(sorting ? { sort: sorting.by, order: sorting.order } : {}),
  };
  const pages = useClientPages(query);
  const total = pages.total ?? 0;
  const showPool = pools.length > 1 && !pool && !nodePool;
  const columns = useMemo(() => columnsOf(showPool), [showPool]);
  const { measure, scroller, shown, has } = useFittingColumns(columns);

  // eslint-disable-next-line react-hooks/incompatible-library -- it changes in place, and nothing here memoises what it gives.
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    paddingStart: rowHeight,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { show } = pages;
  useEffect(() => {
    show(first, last);
  }, [show, first, last]);

  const filtered = wanted !== '' || place !== '' || pool !== '' || movedOnly;
  const open = (client: Client | undefined) => {
    if (client) location.hash = hrefOf(client);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.target === event.currentTarget && openKey !== undefined) {
      // Into what is open: its pin comes first.
      document.querySelector<HTMLElement>('aside.inspector [role=radio][tabindex="0"], aside.inspector select')?.focus();
      event.preventDefault();
    }
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined || total === 0) return;
    event.preventDefault();
    // The address is ahead of what is drawn when keys come quickly.
    let at = -1;
    for (let i = first; i <= last; i++) {
      const client = pages.at(i);
      if (client && hrefOf(client) === location.hash) at = i;
    }
    const next = at < 0 && Number.isFinite(step) ? first : Math.min(total - 1, Math.max(0, at + step));
    virtualizer.scrollToIndex(next, { align: 'auto' });
    open(pages.at(next));
  };

  const nodeChoices = pools
    .filter((one) => !pool || one.id === pool)
    .flatMap((one) =>
      one.nodes.map((n) => ({
        value: JSON.stringify([one.id, n.id]),
        label: `Node: ${pools.length > 1 ? `${one.name} / ` : ''}${n.label}`,
      })),
    );
  const firstRow = Math.floor((virtualizer.scrollOffset ?? 0) / rowHeight) + 1;
  const height = scroller.current?.clientHeight ?? 0;
  const lastRow = Math.min(total, firstRow + Math.max(0, Math.floor((height - rowHeight) / rowHeight) - 1));

  return (
    <>
      <main className="screen">
        <PageHead title="Clients" note={pages.total === null ? undefined : `${formatCount(total)} ${filtered ? 'found' : 'sticky'}`}>
          <TextField
            className={styles['search']}
            label="Search by cookie client or address"
            hideLabel
            small
            icon={<Search size={14} aria-hidden="true" />}
            placeholder="Key or address"
            type="search"
            maxLength={200}
            value={search}
            onChange={setSearch}
          />
          {pools.length > 1 ? (
            <FilterSelect
              label="Filter by pool"
              value={pool}
              onChange={(value) => {
                setPool(value);
                setPlace('');
              }}
              choices={[{ value: '', label: 'Pool: any' }, ...pools.map((one) => ({ value: one.id, label: `Pool: ${one.name}` }))]}
            />
          ) : null}
          <FilterSelect
            label="Filter by node"
            value={place}
            onChange={setPlace}
            choices={[{ value: '', label: 'Node: any' }, ...nodeChoices]}
          />
          <Button small aria-pressed={movedOnly} onClick={() => setMovedOnly(!movedOnly)}>
            <ListFilter size={12} strokeWidth={2} aria-hidden="true" />
            Moved only
          </Button>
        </PageHead>
        {pages.problem && pages.total !== null ? <StaleNote problem={pages.problem} /> : null}
        {pages.problem && pages.total === null ? (
          <Unread what="The clients" problem={pages.problem} onRetry={pages.refresh} />
        ) : known && pages.total === 0 ? (
          filtered ? (
            <EmptyState title="No client matches">Search finds in the client’s key: the id of a cookie client, or an address.</EmptyState>
          ) : (
            <EmptyState
              title="No sticky clients yet"
              action={
                <ButtonLink look="primary" href={pools.length === 0 ? '#/lab' : '#/pools'}>
                  {pools.length === 0 ? 'Start the demo in the Lab' : 'See the pools’ stickiness'}
                </ButtonLink>
              }
            >
              A client appears here when a pool with stickiness answers its first request, by cookie or by address.
            </EmptyState>
          )
        ) : (
          // Focusable so that the arrow keys move through the clients wherever the focus is in the table.
          <TableScroll ref={measure} label="Clients" onKeyDown={onKeyDown}>
            <Table aria-rowcount={total + 1} columns={shown}>
              <thead>
                <tr aria-rowindex={1}>
                  {shown.map(({ id, label, title, first: firstOrder, right }) => (
                    <SortHead
                      key={id}
                      column={id}
                      title={title}
                      sorting={sorting}
                      first={firstOrder}
                      right={right}
                      onSort={(next) => {
                        setSorting(next);
                        scroller.current?.scrollTo({ top: 0 });
                      }}
                    >
                      {label}
                    </SortHead>
                  ))}
                </tr>
              </thead>
              <tbody>
                {items.length > 0 ? <GapRow columns={shown.length} height={items[0]!.start - rowHeight} /> : null}
                {items.map((item) => {
                  const client = pages.at(item.index);
                  return (
                    <ClientRow
                      key={item.index}
                      client={client}
                      index={item.index}
                      selected={client !== undefined && client.key === openKey && client.pool === openPool}
                      {...placeOf(pools, client)}
                      columns={shown.length}
                      has={has}
                      now={now}
                    />
                  );
                })}
                {items.length > 0 ? (
                  <GapRow columns={shown.length} height={Math.max(0, virtualizer.getTotalSize() - items.at(-1)!.end)} />
                ) : null}
              </tbody>
            </Table>
          </TableScroll>
        )}
        {total > 0 ? (
          <TableFoot>
            <span>
              {formatCount(firstRow)} to {formatCount(lastRow)} of {formatCount(total)} in view
            </span>
            <span className={styles['note']}>Clients by address expire from being added; a node that goes down drops its own.</span>
          </TableFoot>
        ) : null}
      </main>
      {openPool !== undefined && openKey !== undefined ? (
        <ClientInspector
          key={`${openPool}/${openKey}`}
          pool={openPool}
          clientKey={openKey}
          onClose={() => {
            location.hash = '#/clients';
          }}
          onChanged={pages.refresh}
        />
      ) : null}
    </>
  );
}
