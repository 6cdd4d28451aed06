import { existsSync } from 'node:fs';

/**
 * Where a worker's entry is. From sources it is the file `source`, beside the module that asks; bundled it is `bundled`, beside the
 * bundle or one folder up when the bundler put the module into a chunk. The names come as values so that the bundler leaves them alone.
 * @param moduleUrl the asking module's own, `import.meta.url`.
 */
export function siblingWorkerUrl(moduleUrl: string, source: string, bundled: string): URL {
  if (moduleUrl.endsWith('.ts')) return new URL(source, moduleUrl);
  const beside = new URL(`./${bundled}`, moduleUrl);
  return existsSync(beside) ? beside : new URL(`../${bundled}`, moduleUrl);
}

/** The engine's own worker. */
export function engineWorkerUrl(moduleUrl: string = import.meta.url): URL {
  return siblingWorkerUrl(moduleUrl, './worker.ts', 'engine-worker.js');
}
