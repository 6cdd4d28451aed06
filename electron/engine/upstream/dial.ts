import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { HostPort } from '../../../shared/model/address.ts';
import type { NodeConfig } from '../../../shared/model/config.ts';

/** A socket to a node, and the event that says it is ready. */
export interface Dialled {
  socket: Socket;
  ready: 'connect' | 'secureConnect';
}

/**
 * Hears what a node sends. `data` is only lent: it is overwritten by the next read of any connection, so what is to be kept
 * or written must be copied before returning.
 */
export type LentReader = (data: Buffer) => void;

/**
 * Every plain connection to a node reads into this one buffer. A fresh 64 KiB for each read, as streams do it, was a third
 * of the time a request took, and at 10 MB answers most of the garbage.
 */
const readBuffer = Buffer.allocUnsafeSlow(65_536);

/**
 * Opens a socket to a node: TCP, and TLS above it when the node has it. Half-open, without Nagle's delay; a DNS name is
 * resolved now, every time.
 * @param alpn protocols offered in the TLS handshake; none for pools that carry bytes, whose protocol we do not know.
 * @param read hears what the node sends; without it the socket's own events do.
 */
export function dial(address: HostPort, tls: NodeConfig['tls'], alpn?: readonly string[], read?: LentReader): Dialled {
  const common = { host: address.host, port: address.port, noDelay: true, allowHalfOpen: true };
  if (tls === false) {
    if (read === undefined) return { socket: connect(common), ready: 'connect' };
    const callback = (bytes: number): boolean => {
      read(readBuffer.subarray(0, bytes));
      return true;
    };
    return { socket: connect({ ...common, onread: { buffer: readBuffer, callback } }), ready: 'connect' };
  }
  const options = tls === true ? { verify: true } : tls;
  const name = options.serverName ?? address.host;
  const socket = connectTls({
    ...common,
    rejectUnauthorized: options.verify,
    // SNI carries names only (RFC 6066 section 3); without one the certificate is checked against the host either way.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(options.caPem === undefined ? {} : { ca: options.caPem }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
  });
  // Decrypted bytes come in buffers of their own, which keep as well as copies would.
  if (read !== undefined) socket.on('data', read);
  return { socket, ready: 'secureConnect' };
}
