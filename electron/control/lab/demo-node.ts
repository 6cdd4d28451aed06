import { parentPort, workerData } from 'node:worker_threads';
import type { Fault } from '../../../shared/model/fault.ts';
import { echoTcp } from './demo-echo.ts';
import { DemoPort } from './demo-port.ts';
import { createDemoServer } from './demo-server.ts';
import type { DemoNodeData, DemoNodeMessage, DemoNodeOrder } from './demo-node-thread.ts';
import { NodeFaults } from './node-faults.ts';
import { seededRandom } from './random.ts';

/** Entry of a demo node's thread. It ends by being terminated: the kernel closes its sockets, as when a machine dies. */
const { host, port, tcpPort, label, seed, fault } = workerData as DemoNodeData;

const random = seededRandom(seed);
const faults = new NodeFaults(random);
const server = createDemoServer({ label, random, faults });
const ports = [new DemoPort(host, port, (socket) => server.emit('connection', socket))];
if (tcpPort !== undefined) {
  ports.push(
    new DemoPort(host, tcpPort, (socket) => {
      echoTcp(socket, faults);
    }),
  );
}

async function take(next: Fault | null): Promise<void> {
  faults.set(next);
  if (next?.type === 'refuse') for (const one of ports) one.refuse();
  else for (const one of ports) await one.open();
}

/** @param order the order's number; 0 is the start. */
function carryOut(order: number, next: Fault | null): void {
  const say = (message: DemoNodeMessage): void => {
    parentPort?.postMessage(message);
  };
  take(next).then(
    () => {
      say({ order, ok: true });
    },
    (error: NodeJS.ErrnoException) => {
      say({ order, ok: false, code: error.code ?? 'UNKNOWN', message: error.message });
    },
  );
}

parentPort?.on('message', ({ order, fault: next }: DemoNodeOrder) => {
  carryOut(order, next);
});
carryOut(0, fault);
