import { existsSync } from 'node:fs';

/** Source file of each of the Lab's threads, and the name of its entry in a build. */
const entries = {
  node: { source: './demo-node.ts', built: 'demo-node.js' },
  clients: { source: './virtual-clients-worker.ts', built: 'lab-clients.js' },
} as const;

/**
 * Where a thread's code is: beside this file when run from sources; in a build at the top of the output folder, while
 * this module may have been put into a folder of shared chunks below it.
 */
export function workerUrl(thread: keyof typeof entries): URL {
  const here = import.meta.url;
  const { source, built } = entries[thread];
  // Paths in variables: a bundler rewrites literal ones into assets.
  if (here.endsWith('.ts')) return new URL(source, here);
  const beside = new URL(built, here);
  return existsSync(beside) ? beside : new URL(`../${built}`, here);
}
