import { ChevronDown, ChevronUp, Plus, Trash2 } from 'lucide-react';
import { clsx } from 'clsx';
import { useId, useState } from 'react';
import type { NodeConfig, PoolConfig } from '../../../shared/model/config.ts';
import { formatPath } from '../../../shared/model/validate.ts';
import { DraftNumber, DraftText, useDraftField } from '../../forms/draft-fields.tsx';
import { FoundServers, notAmong, useFoundServers } from '../../forms/found-servers.tsx';
import { useDraft, useEngine, useStores } from '../../stores/context.tsx';
import { newNode, readAddresses, setAt } from '../../stores/draft.ts';
import { sayIssue } from '../../stores/draft-words.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { ChangedDot, FieldError } from '../../ui/field.tsx';
import { ButtonRow } from '../../ui/row.tsx';
import { modeChoices, Segmented } from '../../ui/segmented.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { FieldTable } from '../../ui/table.tsx';
import { TextArea } from '../../ui/text-field.tsx';
import { NodeDetails } from './node-details.tsx';
import styles from './nodes-table.module.css';
import { sayProbe, type Probe, type Probes } from './use-probes.ts';

/** Rows drawn at once; a pool of hundreds is paged so that typing stays quick. */
const pageSize = 50;

function ObservedState({ pool, node }: { pool: string; node: string }) {
  const seen = useEngine((s) => s.pools.find((p) => p.id === pool)?.nodes.find((n) => n.id === node));
  if (!seen) return <span className="muted small">not yet</span>;
  const state = effectiveState(seen);
  const look = stateLooks[state];
  return (
    <span className={clsx(styles['stateCell'], state !== 'down' && look.className)} title={seen.reason}>
      <StateRing state={state} size={18} />
      <span className={state === 'down' ? 'fill-down' : undefined}>{look.word}</span>
    </span>
  );
}

/** What is wrong in a row, one line a field. */
function RowErrors({ path, id, keys }: { path: string; id: string; keys: readonly string[] }) {
  const words = useDraft((s) =>
    s.issues
      .filter((issue) => keys.some((key) => issue.path === `${path}.${key}`))
      .map(sayIssue)
      .join('\n'),
  );
  if (words === '') return null;
  return (
    <div id={id} className={styles['errors']}>
      {words.split('\n').map((line) => (
        <FieldError key={line}>{line}</FieldError>
      ))}
    </div>
  );
}

interface RowProps {
  poolId: string;
  poolIndex: number;
  index: number;
  node: NodeConfig;
  probe: Probe | undefined;
  onTest: (node: NodeConfig) => void;
  onRemove: (id: string) => void;
}

function NodeRow({ poolId, poolIndex, index, node, probe, onTest, onRemove }: RowProps) {
  const [open, setOpen] = useState(false);
  const errorId = useId();
  const path = ['pools', poolIndex, 'nodes', index];
  const mode = useDraftField([...path, 'mode']);
  const failing = useDraft((s) => s.issues.some((issue) => issue.path.startsWith(`${formatPath(path)}.`)));
  const hidden = useDraft((s) =>
    s.issues.some((issue) => issue.path.startsWith(`${formatPath(path)}.tls`) || issue.path === `${formatPath(path)}.maxConnections`),
  );
  const name = node.label ?? node.id;
  const shown = open || hidden;
  return (
    <tbody data-node={node.id}>
      <tr>
        <td>
          <DraftText path={[...path, 'label']} optional placeholder={node.id} inTable={{ label: `Name of ${node.id}`, errorId }} />
        </td>
        <td>
          <DraftText path={[...path, 'address']} mono inTable={{ label: `Address of ${name}`, errorId }} />
        </td>
        <td>
          <DraftNumber path={[...path, 'weight']} inTable={{ label: `Weight of ${name}`, errorId: `${errorId}-w` }} />
        </td>
        <td>
          <div className={styles['modeCell']}>
            <Segmented label={`Mode of ${name}`} choices={modeChoices} value={node.mode} onChange={mode.set} />
            {mode.changed ? <ChangedDot /> : <span className={styles['gap']} />}
          </div>
        </td>
        <td>
          <ObservedState pool={poolId} node={node.id} />
        </td>
        <td>
          <div className={styles['toolCell']}>
            <Button small look="quiet" disabled={probe?.kind === 'running'} onClick={() => onTest(node)} aria-label={`Test ${name}`}>
              Test
            </Button>
            <IconButton
              label={shown ? `Fewer options of ${name}` : `More options of ${name}`}
              aria-expanded={shown}
              icon={shown ? <ChevronUp size={14} aria-hidden="true" /> : <ChevronDown size={14} aria-hidden="true" />}
              onClick={() => setOpen(!shown)}
            />
            <IconButton label={`Remove ${name}`} icon={<Trash2 size={14} aria-hidden="true" />} onClick={() => onRemove(node.id)} />
          </div>
        </td>
      </tr>
      {failing || probe ? (
        <tr>
          <td colSpan={2} className={styles['below']}>
            <RowErrors path={formatPath(path)} id={errorId} keys={['id', 'label', 'address']} />
            {probe ? (
              <span className={styles['probe']} role="status">
                {sayProbe(probe)}
              </span>
            ) : null}
          </td>
          <td colSpan={4} className={styles['belowRight']}>
            <RowErrors path={formatPath(path)} id={`${errorId}-w`} keys={['weight', 'mode']} />
          </td>
        </tr>
      ) : null}
      {shown ? (
        <tr>
          <td colSpan={6} className={styles['below']}>
            <Card form>
              <NodeDetails path={path} node={node} />
            </Card>
          </td>
        </tr>
      ) : null}
    </tbody>
  );
}

function Paste({ onAdd, onClose }: { onAdd: (text: string) => void; onClose: () => void }) {
  const [text, setText] = useState('');
  const { addresses, rejected } = readAddresses(text);
  return (
    <Card form edge="strong" className={styles['paste']}>
      <TextArea
        label="Addresses"
        mono
        value={text}
        onChange={setText}
        placeholder="3000, 3001, localhost:3002"
        hint="One a line, or with commas. A bare port is on this machine; https:// turns TLS to the node on."
        error={rejected.length > 0 ? rejected.map(({ text: part, why }) => `“${part}” ${why}`).join('. ') + '.' : undefined}
      />
      <ButtonRow>
        <Button small disabled={addresses.length === 0 || rejected.length > 0} onClick={() => onAdd(text)}>
          {addresses.length === 0 ? 'Add' : addresses.length === 1 ? 'Add 1 node' : `Add ${addresses.length} nodes`}
        </Button>
        <Button small look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </ButtonRow>
    </Card>
  );
}

/** The nodes of a pool: what one wants (mode) beside what is seen (state). */
export function NodesTable({ pool, poolIndex, probes }: { pool: PoolConfig; poolIndex: number; probes: Probes }) {
  const { draft } = useStores();
  const [pasting, setPasting] = useState(false);
  const [page, setPage] = useState(0);
  const { nodes } = pool;
  const pages = Math.max(1, Math.ceil(nodes.length / pageSize));
  const first = Math.min(page, pages - 1) * pageSize;

  const put = (change: (nodes: NodeConfig[]) => NodeConfig[]) =>
    draft.edit((config) => setAt(config, ['pools', poolIndex, 'nodes'], change(config.pools[poolIndex]?.nodes ?? [])));
  const ids = nodes.map((node) => node.id);
  const found = notAmong(
    useFoundServers(),
    nodes.map((node) => node.address),
  );

  const addOne = () => {
    put((list) => [...list, newNode('', ids)]);
    setPage(Math.floor(nodes.length / pageSize));
    // The new row is drawn by then; its address is what is missing.
    const id = newNode('', ids).id;
    setTimeout(() => document.querySelector<HTMLInputElement>(`[data-node="${id}"] td:nth-child(2) input`)?.focus(), 30);
  };
  const addMany = (text: string) => {
    put((list) => {
      const all = [...list];
      for (const { address, tls } of readAddresses(text).addresses)
        all.push(
          newNode(
            address,
            all.map((node) => node.id),
            tls,
          ),
        );
      return all;
    });
    setPasting(false);
  };

  return (
    <>
      {nodes.length === 0 ? (
        <p className={styles['none']}>No nodes yet: a listener of this pool answers 503. Add one, or paste several addresses.</p>
      ) : (
        <FieldTable>
          <colgroup>
            <col className={styles['name']} />
            <col />
            <col className={styles['weight']} />
            <col className={styles['mode']} />
            <col className={styles['state']} />
            <col className={styles['tools']} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Address</th>
              <th scope="col">Weight</th>
              <th scope="col">Mode, what you want</th>
              <th scope="col">State, seen</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          {nodes.slice(first, first + pageSize).map((node, i) => (
            <NodeRow
              key={node.id}
              poolId={pool.id}
              poolIndex={poolIndex}
              index={first + i}
              node={node}
              probe={probes.results.get(node.id)}
              onTest={(one) => void probes.run([one], pool)}
              onRemove={(id) => put((list) => list.filter((one) => one.id !== id))}
            />
          ))}
        </FieldTable>
      )}
      {pages > 1 ? (
        <div className={styles['pager']}>
          <Button small disabled={first === 0} onClick={() => setPage(first / pageSize - 1)}>
            Previous
          </Button>
          <span className="muted small num">
            {first + 1} to {Math.min(nodes.length, first + pageSize)} of {nodes.length} nodes
          </span>
          <Button small disabled={first + pageSize >= nodes.length} onClick={() => setPage(first / pageSize + 1)}>
            Next
          </Button>
        </div>
      ) : null}
      {pasting ? (
        <Paste onAdd={addMany} onClose={() => setPasting(false)} />
      ) : (
        <div className={styles['add']}>
          <Button small onClick={addOne}>
            <Plus size={12} strokeWidth={2} aria-hidden="true" />
            Add a node
          </Button>
          <Button small look="quiet" onClick={() => setPasting(true)}>
            Paste several addresses
          </Button>
          <FoundServers servers={found} verb="Add" onTake={(servers) => addMany(servers.map((server) => server.address).join(' '))} />
        </div>
      )}
    </>
  );
}
