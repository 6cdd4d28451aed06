import { useMemo } from 'react';
import type { PoolConfig } from '../../../shared/model/config.ts';
import { DraftNumber, DraftSegmented, DraftSelect, DraftSwitch, DraftText } from '../../forms/draft-fields.tsx';
import { DeleteEntry, EntryEditor } from '../../forms/draft-screens.tsx';
import { FieldAside, FieldGrid, FieldStack, span, type EditorSection } from '../../forms/editor.tsx';
import { useDraft, useStores } from '../../stores/context.tsx';
import { type PresetId, presetOf, presets, setAt } from '../../stores/draft.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { DetectionCard } from './detection-card.tsx';
import { NodesTable } from './nodes-table.tsx';
import { useProbes } from './use-probes.ts';

type At = (string | number)[];

const allPools = { label: 'Pools', href: '#/pools' };
const algorithmHints: Record<string, string> = {
  roundrobin: 'In turn, interleaved by weight.',
  leastconn: 'The node with the fewest connections for its weight.',
  source: 'By the client’s address, moving as few clients as possible when nodes come and go.',
  random2: 'The less busy of two drawn at random.',
};

function General({ pool, at }: { pool: PoolConfig; at: At }) {
  return (
    <FieldGrid>
      <DraftText
        path={[...at, 'name']}
        optional
        placeholder={pool.id}
        className={span.two}
        hint={`In the file and the control API: ${pool.id}`}
      />
      <DraftSelect path={[...at, 'algorithm']} className={span.two} hint={algorithmHints[pool.algorithm]} />
    </FieldGrid>
  );
}

function Stickiness({ pool, at }: { pool: PoolConfig; at: At }) {
  const { type } = pool.stickiness;
  return (
    <FieldGrid>
      <DraftSegmented path={[...at, 'stickiness', 'type']} label="A client comes back to its node" className={span.two} />
      {type === 'table' ? (
        <>
          <DraftNumber path={[...at, 'stickiness', 'ttlMs']} hint="from being added" />
          <DraftNumber path={[...at, 'stickiness', 'maxEntries']} />
        </>
      ) : null}
      {type === 'http_cookie' ? (
        <>
          <DraftText path={[...at, 'stickiness', 'cookieName']} mono />
          <FieldAside className="">Until the browser closes. A client moves when its node goes down.</FieldAside>
        </>
      ) : null}
      {type === 'none' ? <FieldAside className={span.two}>Each request may go to another node.</FieldAside> : null}
    </FieldGrid>
  );
}

function HealthChecks({ pool, at, probes }: { pool: PoolConfig; at: At; probes: ReturnType<typeof useProbes> }) {
  const check = [...at, 'healthCheck'];
  const { type } = pool.healthCheck;
  const http = type === 'http' || type === 'http_body';
  return (
    <>
      <FieldGrid>
        <DraftSelect path={[...check, 'type']} className={http ? '' : span.two} />
        {http ? (
          <>
            <DraftSelect path={[...check, 'method']} />
            <DraftText path={[...check, 'path']} mono className={span.two} />
          </>
        ) : null}
        {type === 'connection' ? <FieldAside className={span.two}>A connection that opens is a pass.</FieldAside> : null}
        {type === 'none' ? <FieldAside className={span.two}>Every node counts as up.</FieldAside> : null}
      </FieldGrid>
      {type === 'none' ? null : (
        <FieldGrid>
          <DraftNumber path={[...check, 'intervalMs']} />
          <DraftNumber path={[...check, 'timeoutMs']} hint="below the interval" />
          <DraftNumber path={[...check, 'attempts']} />
          <DraftNumber path={[...check, 'rise']} />
        </FieldGrid>
      )}
      <DetectionCard pool={pool} probes={probes} />
      {http ? (
        <FieldGrid>
          <DraftText path={[...check, 'expectStatus']} mono hint="such as 200-399 or 200,204" />
          <DraftText path={[...check, 'host']} mono placeholder="the node’s address" hint="sent as Host" />
          <DraftNumber path={[...check, 'port']} hint="0 is the node’s own" />
          {type === 'http_body' ? <DraftText path={[...check, 'bodyPattern']} mono hint="a regular expression" /> : null}
        </FieldGrid>
      ) : null}
      {type === 'connection' ? (
        <FieldGrid>
          <DraftNumber path={[...check, 'port']} hint="0 is the node’s own" />
        </FieldGrid>
      ) : null}
    </>
  );
}

function Safety({ pool, at }: { pool: PoolConfig; at: At }) {
  const passive = [...at, 'passiveCheck'];
  return (
    <FieldStack>
      <DraftSwitch path={[...at, 'keepLastNode']} hint="Refuse a mode change that would leave no node to serve." />
      <DraftSwitch
        path={[...passive, 'enabled']}
        hint="Failed connections, timeouts and 5xx answers (501 and 505 aside) take a node down before a check does."
      />
      {pool.passiveCheck.enabled ? (
        <FieldGrid>
          <DraftNumber path={[...passive, 'errors']} />
          <DraftNumber path={[...passive, 'windowMs']} />
        </FieldGrid>
      ) : null}
      <FieldGrid>
        <DraftNumber path={[...at, 'slowStartMs']} hint="0 is at once" />
        <FieldAside>A node that comes back takes its full share only after this long.</FieldAside>
      </FieldGrid>
      <FieldGrid>
        <DraftSelect
          path={[...at, 'proxyProtocol']}
          className={span.two}
          hint="Tells nodes the client’s address. For pools of TCP listeners."
        />
      </FieldGrid>
    </FieldStack>
  );
}

function Delete({ pool }: { pool: PoolConfig }) {
  const { draft } = useStores();
  const listeners = useDraft((s) => s.draft.listeners);
  const users = listeners.filter((listener) => listener.pool === pool.id).map((listener) => listener.name ?? listener.id);
  return (
    <DeleteEntry
      kind="pool"
      all={allPools}
      blocked={users.length > 0}
      words={
        users.length > 0
          ? `${users.length === 1 ? `Listener ${users[0]} uses` : `Listeners ${users.join(', ')} use`} it. Give ${users.length === 1 ? 'it' : 'them'} another pool first.`
          : 'No listener uses it. It goes when you apply.'
      }
      onDelete={() => draft.edit((config) => ({ ...config, pools: config.pools.filter((one) => one.id !== pool.id) }))}
    />
  );
}

/** One pool of the draft, every option. */
export function PoolEditor({ pool, index }: { pool: PoolConfig; index: number }) {
  const { draft } = useStores();
  const probes = useProbes();
  const at: At = useMemo(() => ['pools', index], [index]);
  const root = `pools[${index}]`;
  const under = (...keys: string[]) => keys.map((key) => `${root}.${key}`);

  const usePreset = (id: PresetId) => {
    const preset = presets.find((one) => one.id === id);
    if (preset) draft.edit((config) => setAt(config, [...at, 'healthCheck'], { ...config.pools[index]!.healthCheck, ...preset.check }));
  };
  const preset = presetOf(pool.healthCheck);

  const sections: EditorSection[] = [
    { id: 'general', title: 'General', paths: under('name', 'algorithm', 'id'), content: <General pool={pool} at={at} /> },
    { id: 'stickiness', title: 'Stickiness', paths: under('stickiness'), content: <Stickiness pool={pool} at={at} /> },
    {
      id: 'health',
      title: 'Health checks',
      lead: 'How Evenkeel finds out that a node is dead, and that it is back.',
      paths: under('healthCheck'),
      content: <HealthChecks pool={pool} at={at} probes={probes} />,
    },
    { id: 'nodes', title: 'Nodes', paths: under('nodes'), content: <NodesTable pool={pool} poolIndex={index} probes={probes} /> },
    {
      id: 'retries',
      title: 'Retries',
      paths: under('retries'),
      content: (
        <FieldGrid>
          <DraftNumber path={[...at, 'retries']} />
          <FieldAside>Onto another node. A request that reached a node is only repeated when that is safe.</FieldAside>
        </FieldGrid>
      ),
    },
    {
      id: 'timeouts',
      title: 'Timeouts',
      paths: under('timeouts'),
      content: (
        <FieldGrid>
          <DraftNumber path={[...at, 'timeouts', 'connectMs']} hint="for one attempt to reach a node" />
          <DraftNumber path={[...at, 'timeouts', 'responseMs']} hint="until the answer’s head" />
        </FieldGrid>
      ),
    },
    {
      id: 'safety',
      title: 'Safety',
      paths: under('keepLastNode', 'passiveCheck', 'slowStartMs', 'proxyProtocol'),
      content: <Safety pool={pool} at={at} />,
    },
    { id: 'delete', title: 'Delete', paths: [], content: <Delete pool={pool} /> },
  ];

  return (
    <EntryEditor
      kind="pool"
      name={pool.name ?? pool.id}
      all={allPools}
      aside={
        <>
          <span className="muted small" aria-hidden="true">
            Preset
          </span>
          <Segmented
            label="Preset of the health check"
            fit
            tall
            value={preset}
            onChange={usePreset}
            choices={[
              ...presets.map(({ id, label }) => ({ value: id, label })),
              { value: 'custom', label: 'Custom', disabled: preset !== 'custom' },
            ]}
          />
        </>
      }
      sections={sections}
    />
  );
}
