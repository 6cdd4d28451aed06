import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp, Info, Search, X } from 'lucide-react';
import { useDeferredValue, useEffect, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import type { RequestRecord } from '../../../shared/model/metrics.ts';
import type { ListenerState, PoolState } from '../../../shared/model/state.ts';
import { useClient } from '../../bridge/context.tsx';
import { useEngine, useView } from '../../stores/context.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { Column } from '../../ui/fitting-columns.ts';
import { formatCount, missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { PausedNote } from '../../ui/paused-note.tsx';
import { FilterSelect } from '../../ui/select.tsx';
import { StaleNote } from '../../ui/stale-note.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { CellItems, GapRow, Row, RowLink, Table, TableFoot, TableScroll, Td, Th } from '../../ui/table.tsx';
import { Tag } from '../../ui/tag.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { inRem, useTextScale } from '../../ui/text-scale.ts';
import { Unread } from '../../ui/unread.tsx';
import { useFittingColumns, type Fitting } from '../../ui/use-fitting-columns.ts';
import { createRequestFeed } from './request-feed.ts';
import { filterChips, noFilter, readStatus, toFilter, type FilterFields } from './request-filter.ts';
import { RequestInspector } from './request-inspector.tsx';
import { clockMs, recordedWords, samplingWords, statusWords, tookParts } from './request-words.ts';
import styles from './requests.module.css';

/** Of a row at the usual text size. CSS pixels. */
const usualRowHeight = 32;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const hrefOf = (seq: number) => `#/requests/${seq}`;

/** The code is a word of its own; its class has a mark besides, so that nothing rests on colour. */
function StatusCell({ status, isTcp }: { status: number; isTcp: boolean }) {
  const digit = Math.floor(status / 100);
  const failed = digit === 5 || (status === 0 && !isTcp);
  return (
    <span className={`${styles['status']} ${failed ? styles['failed'] : ''}`} title={statusWords(status, isTcp)}>
      <svg width={inRem(8)} height={inRem(8)} viewBox="0 0 8 8" aria-hidden="true">
        {failed ? <rect x="1.2" y="1.2" width="5.6" height="5.6" fill="currentColor" transform="rotate(45 4 4)" /> : null}
        {digit === 4 ? (
          <rect x="1.7" y="1.7" width="4.6" height="4.6" fill="none" stroke="currentColor" transform="rotate(45 4 4)" />
        ) : null}
      </svg>
      {isTcp ? missing : status === 0 ? 'none' : status}
    </span>
  );
}

/** A healthy node is silent: its name is enough. Any other state shows its ring and its word. */
function NodeCell({ pools, record }: { pools: readonly PoolState[]; record: RequestRecord }) {
  if (record.node === null) return <span className="muted">none</span>;
  const node = pools.find((pool) => pool.id === record.pool)?.nodes.find((one) => one.id === record.node);
  const state = node ? effectiveState(node) : undefined;
  const look = state && state !== 'healthy' ? stateLooks[state] : undefined;
  return (
    <CellItems>
      {look && state ? <StateRing state={state} size={14} label={`${look.word} now`} /> : null}
      <MiddleTruncate text={node?.label ?? record.node} keep={4} />
    </CellItems>
  );
}

type ColumnId = 'time' | 'method' | 'path' | 'status' | 'took' | 'client' | 'node' | 'retries';

/** What leaves a narrow table is said of the open request beside it. */
const columns: (Column<ColumnId> & { title: string; right?: boolean })[] = [
  { id: 'time', title: 'Time', width: 116 },
  { id: 'method', title: 'Method', width: 72 },
  { id: 'path', title: 'Path', width: 140, grows: 4 },
  { id: 'status', title: 'Status', width: 72 },
  { id: 'took', title: 'Took', width: 80, right: true },
  { id: 'client', title: 'Client', width: 112, grows: 1, leaves: 3 },
  { id: 'node', title: 'Node', width: 140, grows: 2 },
  { id: 'retries', title: 'Retries', width: 100, right: true, leaves: 2 },
];

interface RequestRowProps {
  has: Fitting<Column<ColumnId>>['has'];
  record: RequestRecord;
  index: number;
  selected: boolean;
  pools: readonly PoolState[];
  listeners: readonly ListenerState[];
}

function RequestRow({ has, record, index, selected, pools, listeners }: RequestRowProps) {
  const isTcp = record.method === '' && listeners.find((one) => one.id === record.listener)?.protocol === 'tcp';
  const [value, unit] = tookParts(record.durationMs);
  return (
    <Row linked selected={selected} aria-rowindex={index + 2}>
      <Td muted={!selected}>
        <RowLink href={hrefOf(record.seq)}>{clockMs(record.time)}</RowLink>
      </Td>
      <Td>{record.method === '' ? 'tcp' : record.method}</Td>
      <Td>
        {record.path === '' ? (
          <span className="muted">{isTcp ? 'session' : missing}</span>
        ) : (
          <MiddleTruncate className="mono" text={record.path} keep={8} />
        )}
      </Td>
      <Td>
        <StatusCell status={record.status} isTcp={isTcp} />
      </Td>
      <Td right>
        {value} <span className="muted">{unit}</span>
      </Td>
      {has('client') ? (
        <Td>
          <MiddleTruncate className="mono" text={record.key ?? record.client} />
        </Td>
      ) : null}
      <Td>
        <NodeCell pools={pools} record={record} />
      </Td>
      {has('retries') ? (
        <Td right muted={record.retries === 0}>
          {record.retries === 0 ? 0 : <Tag>{`retried ${record.retries}×`}</Tag>}
        </Td>
      ) : null}
    </Row>
  );
}

interface FiltersProps {
  fields: FilterFields;
  onChange: (change: Partial<FilterFields>) => void;
  pools: readonly PoolState[];
  listeners: readonly ListenerState[];
}

function Filters({ fields, onChange, pools, listeners }: FiltersProps) {
  const statusIsBad = readStatus(fields.status) === null;
  return (
    <div className={styles['filters']} role="group" aria-label="Filters">
      <TextField
        className={styles['path']}
        label="Path contains"
        hideLabel
        small
        type="search"
        icon={<Search size={14} aria-hidden="true" />}
        placeholder="Path"
        maxLength={2_000}
        value={fields.path}
        onChange={(path) => onChange({ path })}
      />
      <FilterSelect
        label="Filter by method"
        value={fields.method}
        onChange={(method) => onChange({ method })}
        choices={[{ value: '', label: 'Method: any' }, ...methods.map((value) => ({ value, label: `Method: ${value}` }))]}
      />
      <TextField
        className={styles['statusField']}
        label="Status: a class as 5xx, a code as 404, or none"
        hideLabel
        small
        placeholder="Status 5xx, 404"
        maxLength={5}
        value={fields.status}
        error={statusIsBad ? 'Write 5xx, 404 or none.' : undefined}
        onChange={(status) => onChange({ status })}
      />
      <FilterSelect
        label="Filter by node"
        value={fields.node}
        onChange={(node) => onChange({ node })}
        choices={[
          { value: '', label: 'Node: any' },
          ...pools.flatMap((pool) =>
            pool.nodes.map((node) => ({
              value: JSON.stringify([pool.id, node.id]),
              label: `Node: ${pools.length > 1 ? `${pool.name} / ` : ''}${node.label}`,
            })),
          ),
        ]}
      />
      {listeners.length > 1 || pools.length > 1 ? (
        <FilterSelect
          label="Filter by listener or pool"
          value={fields.place}
          onChange={(place) => onChange({ place })}
          choices={[
            { value: '', label: 'Through: any' },
            ...listeners.map(({ id, name }) => ({ value: `listener:${id}`, label: `Listener: ${name}` })),
            ...pools.map(({ id, name }) => ({ value: `pool:${id}`, label: `Pool: ${name}` })),
          ]}
        />
      ) : null}
      <TextField
        className={styles['clientField']}
        label="Client or address contains"
        hideLabel
        small
        type="search"
        placeholder="Client, address"
        maxLength={200}
        value={fields.client}
        onChange={(client) => onChange({ client })}
      />
      <Button small aria-pressed={fields.retried} onClick={() => onChange({ retried: !fields.retried })}>
        Retried only
      </Button>
    </div>
  );
}

/** What is filtered by, each with a way to take it off. */
function FilterChips({ fields, onChange, pools, listeners }: FiltersProps) {
  const chips = filterChips(fields, pools, listeners);
  if (chips.length === 0) return null;
  return (
    <ul className={styles['filterChips']} aria-label="Filtered by">
      {chips.map(({ words, without }) => (
        <li key={words}>
          <Button small title={`Do not filter by: ${words}`} onClick={() => onChange(without)}>
            {words}
            <X size={12} strokeWidth={2} aria-hidden="true" />
          </Button>
        </li>
      ))}
      <li>
        <Button small look="quiet" onClick={() => onChange(noFilter)}>
          Clear all
        </Button>
      </li>
    </ul>
  );
}

/**
 * `#/requests`: the log of requests as it grows; `#/requests/1207`: with one of them open beside it; `#/requests/of/web/da71…`: the
 * requests of one client.
 */
export function RequestsScreen({ parts }: { parts: string[] }) {
  const client = useClient();
  const pools = useEngine((s) => s.pools);
  const listeners = useEngine((s) => s.listeners);
  const known = useEngine((s) => s.epoch !== null);
  const paused = useView((s) => s.paused);
  const ofClient = parts.length === 3 && parts[0] === 'of' ? { place: `pool:${parts[1]}`, client: parts[2]! } : undefined;
  const [fields, setFields] = useState({ ...noFilter, ...ofClient });
  const [asked, setAsked] = useState(ofClient?.client);
  if (ofClient && asked !== ofClient.client) {
    setAsked(ofClient.client);
    setFields({ ...noFilter, ...ofClient });
  }
  const wanted = useDeferredValue(fields);
  const [feed] = useState(() => createRequestFeed(client));
  const { rows, newer, sampling, loaded, problem } = useSyncExternalStore(feed.onView, feed.view);
  const { measure, scroller, shown, has } = useFittingColumns(columns);
  const rowHeight = usualRowHeight * useTextScale();
  const [scrolled, setScrolled] = useState(false);
  const [pointed, setPointed] = useState(false);
  /** The focus is on a row, which must not become another one. */
  const [focused, setFocused] = useState(false);

  const opened = /^\d{1,15}$/.test(parts[0] ?? '') ? Number(parts[0]) : null;
  const isHeld = opened !== null || scrolled || pointed || focused;
  const isPaused = paused !== null;
  useEffect(() => feed.start(), [feed]);
  useEffect(() => feed.setFilter(toFilter(wanted)), [feed, wanted]);
  useEffect(() => feed.hold(isPaused ? 'all' : isHeld ? 'rows' : 'nothing'), [feed, isPaused, isHeld]);

  // eslint-disable-next-line react-hooks/incompatible-library -- it changes in place, and nothing here memoises what it gives.
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 4,
    paddingStart: rowHeight,
    // Rows under the sticky head are not in view.
    scrollPaddingStart: rowHeight,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();

  const change = (part: Partial<FilterFields>) => {
    setFields((before) => ({ ...before, ...part }));
    scroller.current?.scrollTo({ top: 0 });
  };
  const showNewest = () => {
    feed.catchUp();
    // The button goes with what it showed, and takes the focus along without a word.
    setFocused(false);
    scroller.current?.scrollTo({ top: 0 });
  };
  const close = () => {
    location.hash = '#/requests';
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (event.key === 'Escape' && opened !== null) close();
    if (step === undefined || rows.length === 0) return;
    event.preventDefault();
    // The address is ahead of what is drawn when keys come quickly.
    const at = rows.findIndex((record) => hrefOf(record.seq) === location.hash);
    const next = at < 0 && Number.isFinite(step) ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
    virtualizer.scrollToIndex(next, { align: 'auto' });
    location.hash = hrefOf(rows[next]!.seq);
  };

  const isFiltered = Object.keys(toFilter(fields)).length > 0;
  const isEmpty = loaded && rows.length === 0;

  return (
    <>
      <main className="screen">
        <PageHead
          title="Requests"
          aside={
            sampling ? (
              <Tag>
                <Info size={12} strokeWidth={2} aria-hidden="true" />
                {samplingWords(sampling)}
              </Tag>
            ) : undefined
          }
        />
        <Filters fields={fields} onChange={change} pools={pools} listeners={listeners} />
        <FilterChips fields={fields} onChange={change} pools={pools} listeners={listeners} />
        {paused ? <PausedNote since={paused.since}>Requests go on and are recorded; the list stands still.</PausedNote> : null}
        {problem && loaded ? <StaleNote problem={problem} /> : null}
        {problem && !loaded ? (
          <Unread what="The requests" problem={problem} onRetry={feed.reload} />
        ) : isEmpty && known ? (
          isFiltered ? (
            <EmptyState title="No recorded request matches" action={<Button onClick={() => setFields(noFilter)}>Clear the filters</Button>}>
              The filters look through the newest 10,000 recorded requests
              {sampling && sampling.every > 1 ? `; of what comes now ${samplingWords(sampling)}` : ''}.
            </EmptyState>
          ) : (
            <EmptyState
              title="No requests yet"
              action={
                listeners.length === 0 ? (
                  <ButtonLink look="primary" href="#/lab">
                    Start the demo in the Lab
                  </ButtonLink>
                ) : (
                  <ButtonLink href="#/listeners">See the listeners</ButtonLink>
                )
              }
            >
              {listeners.length === 0
                ? 'Nothing listens, so nothing can be asked.'
                : 'Each request a listener answers appears here, with the node that served it and why.'}
            </EmptyState>
          )
        ) : (
          // Focusable so that the arrow keys move through the requests wherever the focus is in the table.
          <TableScroll
            ref={measure}
            contained
            label="Requests, newest first"
            onKeyDown={onKeyDown}
            onScroll={(event) => setScrolled(event.currentTarget.scrollTop > 0)}
            onFocus={(event) => setFocused(event.target !== event.currentTarget)}
            onBlur={() => setFocused(false)}
            onPointerEnter={() => setPointed(true)}
            onPointerLeave={() => setPointed(false)}
          >
            <Table aria-rowcount={rows.length + 1} columns={shown}>
              <thead>
                <tr aria-rowindex={1}>
                  {shown.map(({ id, title, right }) => (
                    <Th key={id} right={right} className={id === 'status' ? styles['statusHead'] : undefined}>
                      {title}
                    </Th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {items.length > 0 ? <GapRow columns={shown.length} height={items[0]!.start - rowHeight} /> : null}
                {items.map((item) => {
                  const record = rows[item.index];
                  return record ? (
                    <RequestRow
                      // By place: a row's elements stay and change their words, which costs far less than making new ones.
                      key={item.index}
                      has={has}
                      record={record}
                      index={item.index}
                      selected={record.seq === opened}
                      pools={pools}
                      listeners={listeners}
                    />
                  ) : null;
                })}
                {items.length > 0 ? (
                  <GapRow columns={shown.length} height={Math.max(0, virtualizer.getTotalSize() - items.at(-1)!.end)} />
                ) : null}
              </tbody>
            </Table>
          </TableScroll>
        )}
        {/* Held here too: on the way to the button, and on it, the button must not go. */}
        <TableFoot
          onPointerEnter={() => setPointed(true)}
          onPointerLeave={() => setPointed(false)}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
        >
          {newer > 0 && !isPaused ? (
            <Button small onClick={showNewest}>
              <ArrowUp size={12} strokeWidth={2} aria-hidden="true" />
              Show {formatCount(newer)} newer
            </Button>
          ) : null}
          {sampling && rows.length > 0 ? (
            <span>
              Newest {formatCount(rows.length)}
              {isFiltered ? ' that match' : ''}. Since the engine started {recordedWords(sampling)}
            </span>
          ) : null}
          <span className={styles['note']}>Headers and bodies are not kept</span>
        </TableFoot>
      </main>
      {opened === null ? null : (
        <RequestInspector key={opened} seq={opened} listed={rows.find(({ seq }) => seq === opened)} onClose={close} />
      )}
    </>
  );
}
