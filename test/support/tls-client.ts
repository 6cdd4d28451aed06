import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { RawClient } from './raw-client.ts';

/** A TLS client that trusts anybody and sends exactly what it is told to. */
export interface TlsClient {
  socket: TLSSocket;
  raw: RawClient;
}

/** @returns once the handshake is through. @throws what the handshake failed with. */
export function tlsClient(port: number, options: ConnectionOptions = {}): Promise<TlsClient> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, allowHalfOpen: true, ...options } as ConnectionOptions);
    const raw = RawClient.over(socket);
    socket.once('secureConnect', () => {
      resolve({ socket, raw });
    });
    socket.once('error', reject);
    socket.once('close', () => {
      reject(new Error('closed before the handshake was through'));
    });
  });
}
