import { Play, Square } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { LabState } from '../../../shared/contract/contract.ts';
import { errorMessage, type Client, type RequestParams } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useEngine, useLab } from '../../stores/context.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FieldError } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { TextField } from '../../ui/text-field.tsx';
import styles from './lab.module.css';

/** The contract's own limits of `lab.setClients`. */
const limits = { count: 1_000, requestsPerSecond: 2_000 };

type LabNode = LabState['nodes'][number];
type Act = (what: (client: Client) => Promise<unknown>) => Promise<void>;

/** What Evenkeel sees of a demo node, which is not told that it was killed. */
function DemoNode({ node, act }: { node: LabNode; act: Act }) {
  const seen = useEngine((s) => s.pools.flatMap((pool) => pool.nodes).find((one) => one.id === node.id && one.address === node.address));
  const state = seen && effectiveState(seen);
  const dead = node.state === 'dead';
  return (
    <li className={styles['node']}>
      {state ? <StateRing state={state} size={24} /> : null}
      <div className={styles['who']}>
        <b>
          <MiddleTruncate text={node.label} />
        </b>
        <span className={`${styles['address']} small`} title={seen?.reason}>
          <span className="mono">{node.address}</span> · {dead ? 'killed: its port refuses connections' : 'running'}
        </span>
      </div>
      {state ? (
        <span className={`${styles['state']} ${state === 'down' ? 'fill-down' : stateLooks[state].className}`}>
          {stateLooks[state].word}
        </span>
      ) : null}
      <Button small onClick={() => void act((client) => client.request(dead ? 'lab.revive' : 'lab.kill', { node: node.id }))}>
        {dead ? `Revive ${node.label}` : `Kill ${node.label}`}
      </Button>
    </li>
  );
}

interface SliderProps {
  label: string;
  unit: string;
  value: number;
  max: number;
  step: number;
  onChange: (value: number) => void;
}

/** A slider and the number itself; what is dragged is sent when it rests for a moment. */
function Slider({ label, unit, value, max, step, onChange }: SliderProps) {
  const [text, setText] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const id = useId();
  const number = text === null ? value : Number(text);
  const valid = text === null || (/^\d+$/.test(text.trim()) && number <= max);
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    if (!/^\d+$/.test(next.trim()) || Number(next) > max) return;
    timer.current = setTimeout(() => {
      onChange(Number(next));
      // From here on the value as it is told back counts again.
      timer.current = setTimeout(() => setText(null), 1_000);
    }, 200);
  };
  return (
    <div className={styles['slider']}>
      <div>
        <label className="visually-hidden" htmlFor={id}>
          {label}, slider
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={max}
          step={step}
          value={valid ? number : value}
          aria-valuetext={`${valid ? number : value} ${unit}`}
          onChange={(event) => change(event.target.value)}
        />
      </div>
      <TextField
        label={label}
        unit={unit}
        inputMode="numeric"
        value={text ?? String(value)}
        onChange={change}
        error={valid ? undefined : `0 to ${formatCount(max)}.`}
      />
    </div>
  );
}

function Count({ label, value, of }: { label: string; value: number; of: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {formatCount(value)} <small>{of}</small>
      </dd>
    </div>
  );
}

function Running({ lab, act }: { lab: LabState; act: Act }) {
  const { clients } = lab;
  const set = (change: RequestParams<'lab.setClients'>) => void act((client) => client.request('lab.setClients', change));
  const firstAlive = lab.nodes.filter((node) => node.state === 'running')[1] ?? lab.nodes.find((node) => node.state === 'running');
  return (
    <div className={styles['columns']}>
      <section className={styles['card']} aria-labelledby="lab-nodes">
        <h2 id="lab-nodes">Demo nodes</h2>
        <p>Small real servers on this machine. A killed one stops at once, as if its plug were pulled; Evenkeel has to notice by itself.</p>
        <ul>
          {lab.nodes.map((node) => (
            <DemoNode key={node.id} node={node} act={act} />
          ))}
        </ul>
      </section>
      <section className={styles['card']} aria-labelledby="lab-clients">
        <h2 id="lab-clients">Simulated clients</h2>
        <p>Each has its own cookies and keeps asking, as a browser would.</p>
        <Slider label="Clients" unit="clients" max={limits.count} step={1} value={clients.count} onChange={(count) => set({ count })} />
        <Slider
          label="Requests, all together"
          unit="req/s"
          max={limits.requestsPerSecond}
          step={10}
          value={clients.requestsPerSecond}
          onChange={(requestsPerSecond) => set({ requestsPerSecond })}
        />
      </section>
      <section className={`${styles['card']} ${styles['wide']}`} aria-labelledby="lab-counts">
        <h2 id="lab-counts">What the clients saw</h2>
        <p>Since the demo was started, from the clients’ side.</p>
        <dl className={styles['counts']}>
          <Count label="Sent" value={clients.sent} of="requests" />
          <Count label="Answered" value={clients.answered} of="requests" />
          <Count label="Failed" value={clients.failed} of="requests: 5xx, broken or timed out" />
        </dl>
      </section>
      <section className={`${styles['card']} ${styles['wide']}`} aria-labelledby="lab-try">
        <h2 id="lab-try">Try this</h2>
        <p>
          {firstAlive ? `Kill ${firstAlive.label} and watch Live: ` : 'Revive a node and watch Live: '}
          the checks fail, the node goes down with its reason, its clients move to the others, and the count of failed requests above stays
          what it was.
        </p>
        <ButtonLink small href="#/live">
          Watch Live
        </ButtonLink>
      </section>
    </div>
  );
}

/** Demo nodes and simulated clients: something true to see, and a plug to pull. */
export function LabScreen() {
  const client = useClient();
  const lab = useLab((s) => s.lab);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const act: Act = async (what) => {
    setFailure('');
    try {
      await what(client);
    } catch (error) {
      setFailure(errorMessage(error));
    }
  };
  const switchDemo = async (channel: 'lab.start' | 'lab.end') => {
    setBusy(true);
    await act((one) => one.request(channel, {}));
    setBusy(false);
  };

  return (
    <main className="screen">
      <PageHead
        title="Lab"
        note={
          lab?.running && lab.url ? (
            <span className={styles['url']}>
              demo on <span className="mono">{lab.url}</span>
            </span>
          ) : undefined
        }
        aside={
          lab?.running ? (
            <Button small disabled={busy} onClick={() => void switchDemo('lab.end')}>
              <Square size={12} aria-hidden="true" />
              End the demo
            </Button>
          ) : undefined
        }
      />
      <div className={styles['page']}>
        {failure ? <FieldError>{failure}</FieldError> : null}
        {lab?.running ? <Running lab={lab} act={act} /> : null}
        {lab && !lab.running ? (
          <EmptyState
            title="The demo is not running"
            action={
              <Button look="primary" disabled={busy} onClick={() => void switchDemo('lab.start')}>
                <Play size={14} fill="currentColor" aria-hidden="true" />
                {busy ? 'Starting…' : 'Start the demo'}
              </Button>
            }
          >
            Three small servers, simulated clients and one address in front of them. It runs on this machine only, is not saved, and one
            click takes it away again.
          </EmptyState>
        ) : null}
      </div>
    </main>
  );
}
