import net from 'node:net';
import tls from 'node:tls';
import type { HostPort } from '../../../../shared/model/address.ts';
import type { NodeConfig } from '../../../../shared/model/config.ts';

/**
 * Opens a socket for a probe: TCP, and TLS above it when the node has it. A DNS name is resolved now, every time.
 * The socket belongs to `signal`: it is destroyed when that is aborted.
 */
export function dial(target: HostPort, nodeTls: NodeConfig['tls'], signal: AbortSignal): net.Socket {
  const socket = nodeTls === false ? net.connect({ host: target.host, port: target.port }) : dialTls(target, nodeTls);
  socket.setNoDelay(true);
  const abort = () => {
    socket.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  socket.once('close', () => {
    signal.removeEventListener('abort', abort);
  });
  // The probe listens as well; this one stays for what arrives after the probe is done.
  socket.on('error', () => {
    socket.destroy();
  });
  if (signal.aborted) socket.destroy();
  return socket;
}

function dialTls(target: HostPort, nodeTls: Exclude<NodeConfig['tls'], false>): net.Socket {
  const options = nodeTls === true ? { verify: true } : nodeTls;
  // SNI carries names only (RFC 6066 section 3); without one the certificate is checked against the host either way.
  const name = options.serverName ?? target.host;
  return tls.connect({
    host: target.host,
    port: target.port,
    rejectUnauthorized: options.verify,
    ...(net.isIP(name) === 0 ? { servername: name } : {}),
    ...(options.caPem === undefined ? {} : { ca: options.caPem }),
  });
}

/** The event that says a dialled socket is ready to be used. */
export function readyEvent(nodeTls: NodeConfig['tls']): 'connect' | 'secureConnect' {
  return nodeTls === false ? 'connect' : 'secureConnect';
}
