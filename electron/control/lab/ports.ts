import { createServer } from 'node:net';

/** Ports looked at, from the preferred one up, before giving up. */
export const portAttempts = 200;

/** Whether a loopback port can be bound now. Somebody else may take it a moment later, so a bind must still be ready to fail. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port, host, exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
