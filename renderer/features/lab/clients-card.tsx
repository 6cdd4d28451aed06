import type { LabState } from '../../../shared/contract/contract.ts';
import { durationWords } from '../../../shared/model/fault-words.ts';
import type { RequestParams } from '../../bridge/client.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount } from '../../ui/format.ts';
import { Switch } from '../../ui/toggle.tsx';
import type { Act } from './act.ts';
import styles from './lab.module.css';
import { Slider } from './slider.tsx';

/** The contract's own limits of `lab.setClients`. */
const limits = { count: 1_000, requestsPerSecond: 2_000 };

/** How long one of them thinks between two requests, on average. */
function thinkWords({ count, requestsPerSecond }: LabState['clients']): string {
  if (count === 0) return 'There are no clients.';
  if (requestsPerSecond === 0) return 'They ask nothing.';
  return `Each waits ${durationWords((1000 * count) / requestsPerSecond)} between two requests, on average.`;
}

/** What the simulated clients do. */
export function ClientsCard({ lab, act, taken }: { lab: LabState; act: Act; taken: boolean }) {
  const { clients } = lab;
  const set = (change: RequestParams<'lab.setClients'>) => void act((client) => client.request('lab.setClients', change));
  return (
    <Card as="section" className={styles['card']} aria-labelledby="lab-clients">
      <h2 id="lab-clients">Simulated clients</h2>
      <p>Each has its own cookies and keeps asking, as a browser would. {thinkWords(clients)}</p>
      <Slider
        label="Clients"
        unit="clients"
        max={limits.count}
        step={1}
        value={clients.count}
        disabled={taken}
        onChange={(count) => set({ count })}
      />
      <Slider
        label="Requests, all together"
        unit="req/s"
        max={limits.requestsPerSecond}
        step={10}
        value={clients.requestsPerSecond}
        disabled={taken}
        onChange={(requestsPerSecond) => set({ requestsPerSecond })}
      />
      <Slider
        label="Keep-alive requests"
        unit="%"
        max={100}
        step={5}
        value={Math.round(clients.keepAlive * 100)}
        disabled={taken}
        onChange={(share) => set({ keepAlive: share / 100 })}
      />
      <Slider
        label="With a WebSocket"
        unit="%"
        max={100}
        step={5}
        value={Math.round(clients.webSockets * 100)}
        disabled={taken}
        onChange={(share) => set({ webSockets: share / 100 })}
      />
      <div className={styles['switch']}>
        <Switch
          label="An address of its own for each"
          checked={clients.ownAddresses}
          disabled={taken || !clients.ownAddressesPossible}
          onChange={(ownAddresses) => set({ ownAddresses })}
          hint={
            clients.ownAddressesPossible
              ? '127.0.0.2 and on, so that what goes by address sees many clients.'
              : 'Not on this system: it binds no 127.0.0.2 and on, which Linux does by itself. All come from 127.0.0.1.'
          }
        />
      </div>
    </Card>
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

/** What the simulated clients counted themselves, beside the engine. */
export function CountsCard({ lab }: { lab: LabState }) {
  const { sockets, byNode, ...clients } = lab.clients;
  const labelOf = new Map(lab.nodes.map((node) => [node.id, node.label]));
  const nodes = byNode
    .map(({ node, answers }) => ({ label: labelOf.get(node) ?? node, answers }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  return (
    <Card as="section" className={styles['card']} aria-labelledby="lab-counts">
      <h2 id="lab-counts">What the clients saw</h2>
      <p>Since the demo was started, counted by themselves. They ask nothing twice: what fails counts as failed.</p>
      <dl className={styles['counts']}>
        <Count label="Sent" value={clients.sent} of="requests" />
        <Count label="Answered" value={clients.answered} of="requests" />
        <Count label="Failed" value={clients.failed} of="5xx, broken or late" />
      </dl>
      <dl className={styles['small']}>
        {nodes.map(({ label, answers }) => (
          <div key={label}>
            <dt>{label} answered</dt>
            <dd className="num">{formatCount(answers)} requests</dd>
          </div>
        ))}
        {clients.webSockets > 0 || sockets.opened > 0 ? (
          <div>
            <dt>WebSockets</dt>
            <dd className="num">
              {formatCount(sockets.open)} open of {formatCount(sockets.opened)} opened, {formatCount(sockets.echoed)} of{' '}
              {formatCount(sockets.sent)} messages echoed, {formatCount(sockets.broken)} broken
            </dd>
          </div>
        ) : null}
      </dl>
    </Card>
  );
}
