import { dialProbe } from './probe-socket.ts';
import type { Probe, ProbeTarget } from './probe.ts';
import { describeSocketError } from '../../upstream/socket-error.ts';

/** Passes when a TCP handshake (with node TLS: a TLS handshake) succeeds; then closes the connection properly. */
export function connectionProbe(target: ProbeTarget): Probe {
  return (signal) =>
    new Promise((resolve) => {
      const { socket, ready } = dialProbe(target, signal);
      socket.once(ready, () => {
        resolve({ ok: true, detail: target.tls === false ? 'connected' : 'connected over TLS' });
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
