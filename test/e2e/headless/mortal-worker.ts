import { parentPort } from 'node:worker_threads';
import '../../../electron/engine/thread/worker.ts';

/** The engine's own worker, with a way to die of a bug: a search for "die". */
parentPort!.on('message', (message: { args?: { search?: string }[] }) => {
  if (message.args?.[0]?.search === 'die') {
    // Late enough for the answer to have left: whether it does otherwise is chance.
    setTimeout(() => {
      throw new Error('a bug nobody knew');
    }, 100);
  }
});
