import { useState } from 'react';
import type { LabState } from '../../../shared/contract/contract.ts';
import { injectableFaults } from '../../../shared/model/fault.ts';
import { faultWords } from '../../../shared/model/fault-words.ts';
import type { InjectedFault } from '../../../shared/model/fault.ts';
import { useConfig } from '../../stores/context.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { Select } from '../../ui/select.tsx';
import type { Act } from './act.ts';
import { FaultDialog } from './fault-dialog.tsx';
import styles from './lab.module.css';

/** The demo's own nodes have faults of their own. */
const isDemo = (pool: string) => pool === 'demo' || pool === 'demo-tcp';

interface Place {
  pool: string;
  node: string;
  label: string;
}

/** Faults made up for the owner's own nodes; missing when he has none. */
export function InjectedCard({ lab, act }: { lab: LabState; act: Act }) {
  const pools = useConfig((s) => s.config.pools);
  const places = pools
    .filter((pool) => !isDemo(pool.id))
    .flatMap((pool) =>
      pool.nodes.map((node): Place => ({ pool: pool.id, node: node.id, label: `${node.label ?? node.id} in ${pool.name ?? pool.id}` })),
    );
  const [chosen, setChosen] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const keyOf = ({ pool, node }: { pool: string; node: string }) => `${pool}/${node}`;
  const place = places.find((one) => keyOf(one) === chosen) ?? places[0];
  if (!place) return null;
  const current = lab.injected.find((one) => keyOf(one) === keyOf(place));
  return (
    <Card as="section" className={styles['card']} aria-labelledby="lab-injected">
      <h2 id="lab-injected">
        Faults on your own nodes <span className={styles['demoTag']}>DEMO</span>
      </h2>
      <p>
        Evenkeel makes them up between itself and the node; the node itself is not touched, but real clients feel them. Never saved; they
        end with the program.
      </p>
      <div className={styles['place']}>
        <Select
          label="Node"
          value={keyOf(place)}
          choices={places.map((one) => ({ value: keyOf(one), label: one.label }))}
          onChange={setChosen}
        />
        <Button onClick={() => setAsking(true)}>Fault…</Button>
      </div>
      {lab.injected.length > 0 ? (
        <ul>
          {lab.injected.map((one) => (
            <Injected key={keyOf(one)} injected={one} label={places.find((p) => keyOf(p) === keyOf(one))?.label ?? keyOf(one)} act={act} />
          ))}
        </ul>
      ) : null}
      {asking ? (
        <FaultDialog
          title={`DEMO: what is made up for ${place.label}?`}
          types={injectableFaults}
          current={current?.fault ?? null}
          note="Real clients feel this. Everything it causes is tagged DEMO; “End all faults” ends it at once."
          onClose={() => setAsking(false)}
          onSet={(fault) => {
            setAsking(false);
            const { pool, node } = place;
            void act((client) => client.request('lab.injectFault', { pool, node, fault: fault as InjectedFault['fault'] }));
          }}
        />
      ) : null}
    </Card>
  );
}

function Injected({ injected: { pool, node, fault }, label, act }: { injected: InjectedFault; label: string; act: Act }) {
  return (
    <li className={styles['node']}>
      <span className={styles['demoTag']}>DEMO</span>
      <div className={styles['who']}>
        <b>
          <MiddleTruncate text={label} />
        </b>
        <span className={styles['suffers']}>{faultWords(fault)}</span>
      </div>
      <Button
        small
        aria-label={`End the fault of ${label}`}
        onClick={() => void act((client) => client.request('lab.injectFault', { pool, node, fault: null }))}
      >
        End
      </Button>
    </li>
  );
}
