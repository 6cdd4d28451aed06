import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { isIP } from 'node:net';
import type { PoolNode } from '../pools/node.ts';

/** Opens a socket to a node: plain TCP, or TLS when the node says so. Half-open, without Nagle's delay. */
export function dial(node: PoolNode): { socket: Socket; ready: 'connect' | 'secureConnect' } {
  const { host, port } = node.address;
  const tls = node.config.tls;
  const common = { host, port, noDelay: true, allowHalfOpen: true };
  if (tls === false) return { socket: connect(common), ready: 'connect' };
  const options = tls === true ? { verify: true } : tls;
  const name = ('serverName' in options ? options.serverName : undefined) ?? host;
  const socket = connectTls({
    ...common,
    // SNI must be a name (RFC 6066 section 3); the certificate is checked against `host` either way.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    rejectUnauthorized: options.verify,
    ...('caPem' in options && options.caPem !== undefined ? { ca: options.caPem } : {}),
    ALPNProtocols: ['http/1.1'],
  });
  return { socket, ready: 'secureConnect' };
}

const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'name not found',
  EAI_AGAIN: 'name not resolved',
  ETIMEDOUT: 'connection timed out',
  EPIPE: 'connection closed',
};

/** What went wrong with a socket, in words. */
export function socketErrorWords(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return words[code] ?? (code === '' ? error.message : code);
}
