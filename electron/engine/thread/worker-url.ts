import { existsSync } from 'node:fs';

/**
 * Where the worker's entry is. From sources it lies beside this file; bundled it is `engine-worker.js` beside the bundle,
 * or one folder up when the bundler put this code into a chunk. The names are in variables so that the bundler leaves them alone.
 */
export function engineWorkerUrl(moduleUrl: string = import.meta.url): URL {
  if (moduleUrl.endsWith('.ts')) {
    const source = './worker.ts';
    return new URL(source, moduleUrl);
  }
  const bundled = 'engine-worker.js';
  const beside = new URL(`./${bundled}`, moduleUrl);
  return existsSync(beside) ? beside : new URL(`../${bundled}`, moduleUrl);
}
