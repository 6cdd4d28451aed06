import type { Fault, FaultType } from './fault.ts';
import type { LabClients, ScenarioStep } from './scenario.ts';

/** What a person calls each fault. */
export const faultNames: Record<FaultType, string> = {
  kill: 'Kill',
  refuse: 'Refuse connections',
  hang: 'Hang',
  slow: 'Slow down',
  errors: 'Answer with errors',
  reset: 'Reset in the middle',
  flap: 'Flap',
  bandwidth: 'Cap the bandwidth',
};

/** 250 → "250 ms", 2500 → "2.5 s", 90000 → "90 s". */
export function durationWords(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(ms < 10_000 ? 2 : 1))} s`;
}

/** 0.25 → "25 %". */
export function shareWords(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

const bytesWords = (bytes: number) =>
  bytes >= 1_000_000 ? `${Number((bytes / 1_000_000).toFixed(2))} MB/s` : `${Number((bytes / 1_000).toFixed(2))} kB/s`;

/** What a node with this fault does, to be read after its name: "answers 30 % of requests with 503". */
export function faultWords(fault: Fault): string {
  switch (fault.type) {
    case 'kill':
      return 'was killed: its port refuses, its connections broke';
    case 'refuse':
      return 'refuses new connections; open ones go on';
    case 'hang':
      return 'hangs: accepts, never answers';
    case 'slow':
      return `is slow: half of its answers take ${durationWords(fault.medianMs)}, 95 of 100 at most ${durationWords(fault.p95Ms)}`;
    case 'errors':
      return `answers ${fault.share === 1 ? 'every request' : `${shareWords(fault.share)} of requests`} with ${fault.status}`;
    case 'reset':
      return `resets ${fault.share === 1 ? 'every answer' : `${shareWords(fault.share)} of its answers`} in the middle`;
    case 'flap':
      return `flaps: runs ${durationWords(fault.upMs)}, is gone ${durationWords(fault.downMs)}`;
    case 'bandwidth':
      return `trickles: at most ${bytesWords(fault.bytesPerSecond)} over all its connections`;
  }
}

/** What the engine makes up for a node, as its state says it: "DEMO: refuses". */
export function injectedFaultWords(fault: Fault): string {
  switch (fault.type) {
    case 'refuse':
      return 'DEMO: refuses';
    case 'slow':
      return `DEMO: slow, ${Math.round(fault.medianMs)} ms`;
    case 'errors':
      return `DEMO: ${Math.round(fault.share * 100)} % ${fault.status}`;
    default:
      return `DEMO: ${fault.type}`;
  }
}

function clientsWords(clients: Partial<LabClients>): string {
  const parts = [
    clients.count === undefined ? '' : `${clients.count} clients`,
    clients.requestsPerSecond === undefined ? '' : `${clients.requestsPerSecond} requests/s`,
    clients.keepAlive === undefined ? '' : `${shareWords(clients.keepAlive)} keep-alive`,
    clients.webSockets === undefined ? '' : `${shareWords(clients.webSockets)} with a WebSocket`,
    clients.ownAddresses === undefined ? '' : clients.ownAddresses ? 'an address each' : 'one address for all',
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : 'clients stay as they are';
}

const valueWords = (value: unknown): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
        .map(([key, inner]) => `${key} ${valueWords(inner)}`)
        .join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** What a scenario's step does, in a line. `label` gives a node's name. */
export function stepWords(step: ScenarioStep, label: (node: string) => string): string {
  switch (step.do) {
    case 'fault':
      return `${label(step.node)} ${step.fault.type === 'kill' ? 'is killed' : faultWords(step.fault)}`;
    case 'heal':
      return `${label(step.node)}’s fault ends`;
    case 'mode':
      return `${label(step.node)} is set to ${step.mode}`;
    case 'weight':
      return `${label(step.node)} gets weight ${step.weight}`;
    case 'clients':
      return clientsWords(step.clients);
    case 'pool':
      return `the pool gets ${valueWords(step.pool)}`;
  }
}
