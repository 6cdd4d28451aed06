import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { PoolConfig } from '../../../shared/model/config.ts';
import { ChangeBar } from '../../forms/change-bar.tsx';
import { useDraft, useEngine, useTraffic } from '../../stores/context.tsx';
import { algorithmNames, checkNames, stickinessNames } from '../../stores/draft-fields.ts';
import { sayDuration, detection } from '../../stores/draft.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { poolWords, rollUp } from '../../ui/effective-state.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatRate, missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { RollUpRing } from '../../ui/rollup-ring.tsx';
import { CellItems, Row, RowLink, Table, TableScroll, Td, Th } from '../../ui/table.tsx';
import { Tag } from '../../ui/tag.tsx';
import { AddPool } from './add-pool.tsx';
import { PoolEditor } from './pool-editor.tsx';

function PoolRow({ pool, index }: { pool: PoolConfig; index: number }) {
  const seen = useEngine((s) => s.pools.find((one) => one.id === pool.id));
  const traffic = useTraffic();
  const listeners = useDraft((s) => s.draft.listeners);
  const changed = useDraft((s) =>
    s.changes.some((change) => change.path === `pools[${index}]` || change.path.startsWith(`pools[${index}].`)),
  );
  const users = listeners.filter((listener) => listener.pool === pool.id).map((listener) => listener.name ?? listener.id);
  const rate = seen?.nodes.reduce((sum, node) => sum + (traffic.nodes.get(`${pool.id}/${node.id}`)?.requestsPerSecond ?? 0), 0);
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
      <Td>{seen ? poolWords(seen) : missing}</Td>
      <Td right>{rate === undefined ? missing : `${formatRate(rate)} req/s`}</Td>
      <Td muted>{algorithmNames[pool.algorithm]}</Td>
      <Td muted>{stickinessNames[pool.stickiness.type]}</Td>
      <Td muted>
        {checkNames[pool.healthCheck.type]}
        {noticed ? `, noticed in ${sayDuration(noticed.totalMs)}` : ''}
      </Td>
      <Td muted title={users.join(', ')}>
        {users.length === 0 ? 'none' : users.join(', ')}
      </Td>
    </Row>
  );
}

function PoolList() {
  const pools = useDraft((s) => s.draft.pools);
  const loaded = useDraft((s) => s.loaded);
  const [adding, setAdding] = useState(false);
  const add = (
    <Button small onClick={() => setAdding(true)}>
      <Plus size={12} strokeWidth={2} aria-hidden="true" />
      Add a pool
    </Button>
  );
  return (
    <main className="screen">
      <PageHead
        title="Pools"
        note={pools.length > 0 ? 'nodes that stand in for each other' : undefined}
        aside={pools.length > 0 ? add : undefined}
      />
      {!loaded ? null : pools.length === 0 ? (
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
      ) : (
        <TableScroll>
          <Table minWidth={954}>
            <colgroup>
              <col />
              <col style={{ width: 124 }} />
              <col style={{ width: 92 }} />
              <col style={{ width: 144 }} />
              <col style={{ width: 96 }} />
              <col style={{ width: 196 }} />
              <col style={{ width: 132 }} />
            </colgroup>
            <thead>
              <tr>
                <Th>Pool</Th>
                <Th>Nodes</Th>
                <Th right>Traffic</Th>
                <Th>Algorithm</Th>
                <Th>Stickiness</Th>
                <Th>Check</Th>
                <Th>Listeners</Th>
              </tr>
            </thead>
            <tbody>
              {pools.map((pool, index) => (
                <PoolRow key={pool.id} pool={pool} index={index} />
              ))}
            </tbody>
          </Table>
        </TableScroll>
      )}
      <ChangeBar />
      {adding ? <AddPool onClose={() => setAdding(false)} /> : null}
    </main>
  );
}

/** `#/pools`: all pools; `#/pools/web`: one to edit. */
export function PoolsScreen({ parts }: { parts: string[] }) {
  const [id] = parts;
  const index = useDraft((s) => s.draft.pools.findIndex((pool) => pool.id === id));
  const pool = useDraft((s) => s.draft.pools[index]);
  const loaded = useDraft((s) => s.loaded);
  if (id === undefined) return <PoolList />;
  if (pool) return <PoolEditor key={pool.id} pool={pool} index={index} />;
  return (
    <main className="screen">
      <PageHead title={id} parent={{ label: 'Pools', href: '#/pools' }} />
      {loaded ? (
        <EmptyState title={`No pool is called “${id}”`} action={<ButtonLink href="#/pools">See all pools</ButtonLink>}>
          It was removed, or the address is mistyped.
        </EmptyState>
      ) : null}
      <ChangeBar />
    </main>
  );
}
