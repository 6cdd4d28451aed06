import { lookup as systemLookup } from 'node:dns';
import { connect, isIP, Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { NodeConfig } from '../../../shared/model/config.ts';
import { lentBuffer, type LentReader } from '../lent-buffer.ts';
import { liveLookup } from './live-lookup.ts';
import type { DialAddress } from './name-resolver.ts';

/** A socket to a node, and the event that says it is ready. */
export interface Dialled {
  socket: Socket;
  ready: 'connect' | 'secureConnect';
}

export interface DialOptions {
  /** Protocols offered in the TLS handshake; none for pools that carry bytes, whose protocol we do not know. */
  alpn?: readonly string[] | undefined;
  /** Hears what the node sends; without it the socket's own events do. */
  read?: LentReader | undefined;
  /** Sent first of all, ahead of a TLS handshake too: a PROXY header. */
  preamble?: Buffer | undefined;
}

/**
 * Opens a socket to a node: TCP, and TLS above it when the node has it. Half-open, without Nagle's delay. A DNS name goes to
 * the address its resolver holds; before there is one, to the first of its addresses that answers. What its guard refuses fails
 * with LoopError.
 */
export function dial(address: DialAddress, tls: NodeConfig['tls'], options: DialOptions = {}): Dialled {
  const { name, guard, port } = address;
  const host = name?.ip ?? address.host;
  const refusal = isIP(host) === 0 ? undefined : guard?.refuse(host, port);
  if (refusal !== undefined) return dialNowhere(refusal);
  const lookup = name?.lookup ?? guard?.lookup(systemLookup, port);
  const common: TcpNetConnectOpts = { host, port, noDelay: true, allowHalfOpen: true, ...(lookup === undefined ? {} : { lookup }) };
  const dialled =
    tls === false ? dialPlain(common, options) : dialTls(address.host, common, tls === true ? { verify: true } : tls, options);
  if (name !== undefined) {
    const { socket } = dialled;
    let connected = false;
    socket.once('connect', () => {
      connected = true;
      if (socket.remoteAddress !== undefined) name.connected(socket.remoteAddress);
    });
    socket.once('close', () => {
      if (!connected) name.failed();
    });
  }
  return dialled;
}

/** A socket that fails as one does whose connection is refused: later, with an error. */
function dialNowhere(refusal: Error): Dialled {
  const socket = new Socket();
  process.nextTick(() => socket.destroy(refusal));
  return { socket, ready: 'connect' };
}

function dialPlain(common: TcpNetConnectOpts, { read, preamble }: DialOptions): Dialled {
  let socket: Socket;
  if (read === undefined) socket = connect(common);
  else {
    const callback = (bytes: number): boolean => {
      read(lentBuffer.subarray(0, bytes));
      return true;
    };
    socket = connect({ ...common, onread: { buffer: lentBuffer, callback } });
  }
  if (preamble !== undefined) socket.write(preamble);
  return { socket, ready: 'connect' };
}

function dialTls(
  host: string,
  common: TcpNetConnectOpts,
  tls: Exclude<NodeConfig['tls'], boolean>,
  { alpn, read, preamble }: DialOptions,
): Dialled {
  const serverName = tls.serverName ?? host;
  let below: Socket | undefined;
  if (preamble !== undefined) {
    // One address only: a socket that is still choosing among several cannot carry TLS yet, so the choice comes first.
    const chosen = isIP(common.host ?? '') === 0 ? { lookup: liveLookup(common.lookup ?? systemLookup, common.port) } : {};
    below = connect({ ...common, ...chosen, autoSelectFamily: false });
    below.write(preamble);
  }
  const socket = connectTls({
    ...(below === undefined ? common : { socket: below, host }),
    rejectUnauthorized: tls.verify,
    // SNI carries names only (RFC 6066 section 3); without one the certificate is checked against the host either way.
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(tls.caPem === undefined ? {} : { ca: tls.caPem }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
  });
  if (below !== undefined) {
    const lower = below;
    lower.on('error', (error) => socket.destroy(error));
    lower.once('close', () => socket.destroy());
    socket.once('close', () => lower.destroy());
  }
  // Decrypted bytes come in buffers of their own, which keep as well as copies would.
  if (read !== undefined) socket.on('data', read);
  return { socket, ready: 'secureConnect' };
}
