import { createSocket } from 'node:dgram';
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

/** A port that other Labs on this machine leave alone. */
export interface PortClaim {
  /** Resolves once it is anybody's again. Harmless when it was released before. */
  release(): Promise<void>;
}

/**
 * Claims a loopback port among all Labs of this machine, also while nothing listens on it: a killed node wants its port back. What
 * holds it is a UDP socket of that number, so that TCP connections are refused all the same, and it ends with the process.
 * @returns undefined when somebody else has it.
 */
export function claimPort(port: number, host = '127.0.0.1'): Promise<PortClaim | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ port, address: host, exclusive: true }, () => {
      // A process with nothing else to do may end.
      socket.unref();
      let released: Promise<void> | undefined;
      resolve({
        release() {
          released ??= new Promise((done) => {
            socket.close(done);
          });
          return released;
        },
      });
    });
  });
}
