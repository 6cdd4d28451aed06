import { useState } from 'react';
import type { LabState } from '../../../shared/contract/contract.ts';
import type { FaultType } from '../../../shared/model/fault.ts';
import { faultNames, faultWords } from '../../../shared/model/fault-words.ts';
import { useEngine } from '../../stores/context.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import type { Act } from './act.ts';
import { FaultDialog } from './fault-dialog.tsx';
import styles from './lab.module.css';

type LabNode = LabState['nodes'][number];

const allFaults = Object.keys(faultNames) as FaultType[];

interface DemoNodeProps {
  node: LabNode;
  act: Act;
  /** A scenario has them in its hands. */
  taken: boolean;
  onChoose: () => void;
}

/** What Evenkeel sees of a demo node, which is not told what was done to it. */
function DemoNode({ node, act, taken, onChoose }: DemoNodeProps) {
  const seen = useEngine((s) => s.pools.flatMap((pool) => pool.nodes).find((one) => one.id === node.id && one.address === node.address));
  const state = seen && effectiveState(seen);
  // What Evenkeel makes up between itself and the node, which knows nothing of it.
  const madeUp = seen?.fault ?? null;
  const ill = node.fault !== null || node.state === 'dead';
  const quick = node.fault?.type === 'kill' || (node.state === 'dead' && !node.fault) ? 'Revive' : ill ? 'End the fault of' : 'Kill';
  return (
    <li className={styles['node']}>
      {state ? <StateRing state={state} size={24} /> : null}
      <div className={styles['who']}>
        <span className={styles['line']}>
          <b>
            <MiddleTruncate text={node.label} />
          </b>
          {state ? (
            <span className={`${styles['state']} ${state === 'down' ? 'fill-down' : stateLooks[state].className}`}>
              {stateLooks[state].word}
            </span>
          ) : null}
        </span>
        <span className={styles['address']} title={seen?.reason}>
          <span className="mono">{node.address}</span>
          {node.tcpAddress ? (
            <>
              {' '}
              and TCP <span className="mono">{node.tcpAddress}</span>
            </>
          ) : null}
        </span>
        {ill || !madeUp ? (
          <span className={ill ? styles['suffers'] : styles['well']}>
            {node.fault ? faultWords(node.fault) : ill ? 'ended by itself' : 'runs well'}
          </span>
        ) : null}
        {madeUp ? <span className={styles['suffers']}>{madeUp}</span> : null}
      </div>
      <div className={styles['actions']}>
        <Button
          small
          disabled={taken}
          onClick={() => void act((client) => client.request(ill ? 'lab.revive' : 'lab.kill', { node: node.id }))}
        >
          {quick} {node.label}
        </Button>
        <Button small disabled={taken} aria-label={`Fault of ${node.label}…`} onClick={onChoose}>
          Fault…
        </Button>
      </div>
    </li>
  );
}

/** The demo's nodes: what each suffers, what Evenkeel sees of it, and what can be done to it. */
export function DemoNodes({ lab, act, taken }: { lab: LabState; act: Act; taken: boolean }) {
  const [choosing, setChoosing] = useState<string | null>(null);
  const chosen = lab.nodes.find((node) => node.id === choosing);
  return (
    <Card as="section" className={styles['card']} aria-labelledby="lab-nodes">
      <h2 id="lab-nodes">Demo nodes</h2>
      <p>Small real servers on this machine. Nobody tells Evenkeel what is done to them; it has to notice by itself.</p>
      <ul>
        {lab.nodes.map((node) => (
          <DemoNode key={node.id} node={node} act={act} taken={taken} onChoose={() => setChoosing(node.id)} />
        ))}
      </ul>
      {chosen ? (
        <FaultDialog
          title={`What goes wrong with ${chosen.label}?`}
          types={allFaults}
          current={chosen.fault}
          onClose={() => setChoosing(null)}
          onSet={(fault) => {
            setChoosing(null);
            void act((client) => client.request('lab.setFault', { node: chosen.id, fault }));
          }}
        />
      ) : null}
    </Card>
  );
}
