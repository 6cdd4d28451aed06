import { parentPort } from 'node:worker_threads';
import '../../../electron/engine/thread/worker.ts';

/** The engine's own worker, with a way to die of a bug: a search for "die". */
parentPort!.on('message', (message: { args?: { search?: string }[] }) => {
  if (message.args?.[0]?.search === 'die') {
    setImmediate(() => {
      throw new Error('a bug nobody knew');
    });
  }
});
