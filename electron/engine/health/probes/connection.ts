import type { HostPort } from '../../../../shared/model/address.ts';
import type { NodeConfig } from '../../../../shared/model/config.ts';
import { dialProbe } from './probe-socket.ts';
import type { Probe } from './probe.ts';
import { describeSocketError } from '../../upstream/socket-error.ts';

/** Passes when a TCP handshake (with node TLS: a TLS handshake) succeeds; then closes the connection properly. */
export function connectionProbe(target: HostPort, nodeTls: NodeConfig['tls']): Probe {
  return (signal) =>
    new Promise((resolve) => {
      const { socket, ready } = dialProbe(target, nodeTls, signal);
      socket.once(ready, () => {
        resolve({ ok: true, detail: nodeTls === false ? 'connected' : 'connected over TLS' });
        socket.destroySoon();
      });
      socket.once('error', (error) => {
        resolve({ ok: false, detail: describeSocketError(error) });
      });
      socket.once('close', () => {
        resolve({ ok: false, detail: 'connection closed' });
      });
    });
}
