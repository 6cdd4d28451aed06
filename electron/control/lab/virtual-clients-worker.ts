import { parentPort, workerData } from 'node:worker_threads';
import type { ClientsMessage, ClientsOrder } from './virtual-clients-thread.ts';
import { VirtualClients, type VirtualClientsOptions } from './virtual-clients.ts';

/** Entry of the simulated clients' thread: takes loads, says counts four times a second while they change, and when asked. */
const clients = new VirtualClients(workerData as VirtualClientsOptions);

const say = (message: ClientsMessage): void => {
  parentPort?.postMessage(message);
};

parentPort?.on('message', (order: ClientsOrder) => {
  if (order.type === 'set') clients.set(order.load);
  if (order.type === 'begin') clients.begin();
  if (order.type === 'ask') say({ counts: clients.counts(), asked: order.asked });
});

let said = JSON.stringify(clients.counts());
setInterval(() => {
  const counts = clients.counts();
  const text = JSON.stringify(counts);
  if (text === said) return;
  said = text;
  say({ counts });
}, 250);
