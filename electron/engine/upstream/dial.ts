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
 * Opens a socket to a node: TCP, and TLS above it when the node has it. Half-open, without Nagle's delay; a DNS name is
 * resolved now, every time.
 * @param alpn protocols offered in the TLS handshake; none for pools that carry bytes, whose protocol we do not know.
 */
export function dial(address: HostPort, tls: NodeConfig['tls'], alpn?: readonly string[]): Dialled {
  const common = { host: address.host, port: address.port, noDelay: true, allowHalfOpen: true };
  if (tls === false) return { socket: connect(common), ready: 'connect' };
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
  return { socket, ready: 'secureConnect' };
}
