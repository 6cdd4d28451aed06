import { parentPort, workerData } from 'node:worker_threads';
import { createDemoServer } from './demo-server.ts';
import type { DemoNodeData, DemoNodeMessage } from './demo-node-thread.ts';

/** Entry of a demo node's thread. It ends by being terminated: the kernel closes its sockets, as when a machine dies. */
const { host, port, label, seed } = workerData as DemoNodeData;

const say = (message: DemoNodeMessage): void => {
  parentPort?.postMessage(message);
};

const server = createDemoServer({ label, seed });
server.once('error', (error: NodeJS.ErrnoException) => {
  say({ type: 'failed', code: error.code ?? 'UNKNOWN', message: error.message });
});
server.listen({ host, port, exclusive: true }, () => {
  say({ type: 'listening' });
});
