import type { Socket } from 'node:net';
import { echoQueue } from './echo-queue.ts';
import type { NodeFaults } from './node-faults.ts';

/** Sends back what a TCP connection brings, byte for byte, as the node's faults let it. A 5xx share does not concern it. */
export function echoTcp(socket: Socket, faults: NodeFaults): void {
  const inOrder = echoQueue(faults);
  socket.on('error', () => socket.destroy());
  // The other side has said all it has to say: so has the echo, once the rest is back.
  socket.on('end', () => {
    inOrder((next) => {
      socket.end();
      next();
    });
  });
  socket.on('data', (data) => {
    inOrder((next) => {
      if (faults.breaking()) {
        socket.write(data.subarray(0, data.length >> 1), () => socket.resetAndDestroy());
        return;
      }
      // Not read on before this is out: a sender faster than the line must feel it.
      socket.pause();
      faults.pace(
        data,
        (piece) => {
          if (!socket.destroyed) socket.write(piece);
        },
        () => {
          socket.resume();
          next();
        },
      );
    });
  });
}
