import { availableParallelism } from 'node:os';
import { versionOf } from './program.ts';

/** A command and its arguments, so that it runs where it should. */
export type Pin = (command: string, args: readonly string[]) => [string, string[]];

export interface Pins {
  /** For the report. */
  description: string;
  proxy: Pin;
  others: Pin;
}

/** The proxy on the first core, load and nodes on the others, where there are two and taskset is installed. */
export function makePins(wanted: boolean): Pins {
  const plain: Pin = (command, args) => [command, [...args]];
  const cores = availableParallelism();
  if (!wanted || cores < 2 || versionOf('taskset', ['--version'], /([\d.]+)/) === undefined)
    return { description: 'no cores set aside', proxy: plain, others: plain };
  const on =
    (list: string): Pin =>
    (command, args) => ['taskset', ['-c', list, command, ...args]];
  return { description: 'the proxy on core 0, load and nodes on the others', proxy: on('0'), others: on(`1-${cores - 1}`) };
}
