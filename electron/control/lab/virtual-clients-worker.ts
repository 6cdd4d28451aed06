import { parentPort, workerData } from 'node:worker_threads';
import type { ClientCounts } from './virtual-clients.ts';
import { VirtualClients, type ClientLoad, type VirtualClientsOptions } from './virtual-clients.ts';

/** Entry of the simulated clients' thread: takes loads, says counts four times a second while they change. */
const clients = new VirtualClients(workerData as VirtualClientsOptions);

parentPort?.on('message', (load: ClientLoad) => {
  clients.set(load);
});

let said: ClientCounts = { sent: 0, answered: 0, failed: 0 };
setInterval(() => {
  const counts = clients.counts();
  if (counts.sent === said.sent && counts.answered === said.answered && counts.failed === said.failed) return;
  said = counts;
  parentPort?.postMessage(counts);
}, 250);
