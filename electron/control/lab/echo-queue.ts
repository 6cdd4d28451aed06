import type { NodeFaults } from './node-faults.ts';

/** One connection's echoes, one after the other, each waiting for what its node suffers. */
export function echoQueue(faults: NodeFaults): (step: (next: () => void) => void) => void {
  const waiting: ((next: () => void) => void)[] = [];
  let busy = false;
  const next = (): void => {
    const step = waiting.shift();
    busy = step !== undefined;
    if (step)
      faults.hold(() => {
        step(next);
      });
  };
  return (step) => {
    waiting.push(step);
    if (!busy) next();
  };
}
