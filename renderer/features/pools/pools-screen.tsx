import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { PoolConfig } from '../../../shared/model/config.ts';
import { DraftList, NoSuchEntry } from '../../forms/draft-screens.tsx';
import { useDraft, useEngine, useTraffic } from '../../stores/context.tsx';
import { algorithmNames, checkNames, stickinessNames } from '../../stores/draft-fields.ts';
import { sayDuration, detection } from '../../stores/draft.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { poolWords, rollUp } from '../../ui/effective-state.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { Column } from '../../ui/fitting-columns.ts';
import { formatRate, missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { RollUpRing } from '../../ui/rollup-ring.tsx';
import { CellItems, Row, RowLink, Td } from '../../ui/table.tsx';
import { Tag } from '../../ui/tag.tsx';
import type { Fitting } from '../../ui/use-fitting-columns.ts';
import { AddPool } from './add-pool.tsx';
import { PoolEditor } from './pool-editor.tsx';

type ColumnId = 'pool' | 'nodes' | 'traffic' | 'algorithm' | 'stickiness' | 'check' | 'listeners';

const columns: (Column<ColumnId> & { title: string; right?: boolean })[] = [
  { id: 'pool', title: 'Pool', width: 200, grows: 3 },
  { id: 'nodes', title: 'Nodes', width: 132 },
  { id: 'algorithm', title: 'Algorithm', width: 152, leaves: 3 },
  { id: 'stickiness', title: 'Stickiness', width: 96, leaves: 2 },
  { id: 'check', title: 'Check', width: 204, leaves: 4 },
  { id: 'listeners', title: 'Listeners', width: 132, grows: 1, leaves: 1 },
  { id: 'traffic', title: 'Traffic', width: 104, right: true },
];

function PoolRow({ pool, index, has }: { pool: PoolConfig; index: number; has: Fitting<Column<ColumnId>>['has'] }) {
  const seen = useEngine((s) => s.pools.find((one) => one.id === pool.id));
  const traffic = useTraffic();
  const listeners = useDraft((s) => s.draft.listeners);
  const changed = useDraft((s) =>
    s.changes.some((change) => change.path === `pools[${index}]` || change.path.startsWith(`pools[${index}].`)),
  );
  const users = listeners.filter((listener) => listener.pool === pool.id).map((listener) => listener.name ?? listener.id);
  const rate = seen?.nodes.reduce((sum, node) => sum + (traffic.nodes.get(`${pool.id}/${node.id}`)?.requestsPerSecond ?? 0), 0);
  // All that could serve is down: as loud as a listener of it that serves nothing.
  const isDown = seen !== undefined && seen.nodes.length > 0 && seen.nodes.every((node) => node.state === 'down');
  const noticed = detection(pool.healthCheck);
  const name = pool.name ?? pool.id;
  return (
    <Row linked tall>
      <Td>
        <CellItems>
          <RollUpRing rollUp={rollUp(seen?.nodes ?? [], (seen?.available ?? 1) > 0)} size={24} />
          <RowLink href={`#/pools/${encodeURIComponent(pool.id)}`}>
            <MiddleTruncate text={name} />
          </RowLink>
          {changed ? <Tag>{seen ? 'changed' : 'not applied yet'}</Tag> : null}
        </CellItems>
      </Td>
      <Td>{seen ? <span className={isDown ? 'fill-down' : undefined}>{poolWords(seen)}</span> : missing}</Td>
      {has('algorithm') ? <Td muted>{algorithmNames[pool.algorithm]}</Td> : null}
      {has('stickiness') ? <Td muted>{stickinessNames[pool.stickiness.type]}</Td> : null}
      {has('check') ? (
        <Td muted>
          {checkNames[pool.healthCheck.type]}
          {noticed ? `, noticed in ${sayDuration(noticed.totalMs)}` : ''}
        </Td>
      ) : null}
      {has('listeners') ? <Td muted>{users.length === 0 ? 'none' : <MiddleTruncate text={users.join(', ')} />}</Td> : null}
      <Td right>{rate === undefined ? missing : `${formatRate(rate)} req/s`}</Td>
    </Row>
  );
}

function PoolList() {
  const pools = useDraft((s) => s.draft.pools);
  const [adding, setAdding] = useState(false);
  const add = (
    <Button small onClick={() => setAdding(true)}>
      <Plus size={12} strokeWidth={2} aria-hidden="true" />
      Add a pool
    </Button>
  );
  return (
    <>
      <DraftList
        title="Pools"
        entries={pools}
        textOf={({ id, name, nodes }) => [id, name, ...nodes.flatMap((node) => [node.id, node.label, node.address])].join('\n')}
        note="nodes that stand in for each other"
        aside={pools.length > 0 ? add : undefined}
        empty={
          <EmptyState
            title="No pools yet"
            action={
              <ButtonLink look="primary" href="#/listeners/new">
                Put one address in front of my servers
              </ButtonLink>
            }
          >
            A pool is a group of nodes that can stand in for each other: your servers. It comes with the address you put in front of them.
          </EmptyState>
        }
        columns={columns}
        row={(pool, index, has) => <PoolRow key={pool.id} pool={pool} index={index} has={has} />}
      />
      {adding ? <AddPool onClose={() => setAdding(false)} /> : null}
    </>
  );
}

/** `#/pools`: all pools; `#/pools/web`: one to edit. */
export function PoolsScreen({ parts }: { parts: string[] }) {
  const [id] = parts;
  const index = useDraft((s) => s.draft.pools.findIndex((pool) => pool.id === id));
  const pool = useDraft((s) => s.draft.pools[index]);
  if (id === undefined) return <PoolList />;
  if (pool) return <PoolEditor key={pool.id} pool={pool} index={index} />;
  return <NoSuchEntry id={id} kind="pool" all={{ label: 'Pools', href: '#/pools' }} />;
}
