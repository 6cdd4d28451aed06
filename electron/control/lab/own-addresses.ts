import { createServer } from 'node:net';
import { ownAddress } from './virtual-clients.ts';

/**
 * Whether connections can be made from 127.0.0.2 and its like: on Linux all of 127.0.0.0/8 is this machine, elsewhere only
 * what somebody has set up.
 */
export function ownAddressesPossible(): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port: 0, host: ownAddress(0) }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
