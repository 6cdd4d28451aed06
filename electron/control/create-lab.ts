import type { LabContext } from './control-plane.ts';
import { Lab } from './lab/lab.ts';

/** The lab as the control plane wants it: its faults in the journal, its words in the log. */
export function createLab({ fact, log, ...context }: LabContext): Lab {
  const lab = new Lab({
    ...context,
    log: (message) => {
      log('warn', message);
    },
  });
  lab.onFact(fact);
  return lab;
}
