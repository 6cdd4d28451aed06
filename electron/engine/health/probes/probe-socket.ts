import { dial, type Dialled } from '../../upstream/dial.ts';
import type { ProbeTarget } from './probe.ts';

/** Opens a socket for a probe. It belongs to `signal`: it is destroyed when that is aborted. */
export function dialProbe(target: ProbeTarget, signal: AbortSignal): Dialled {
  const dialled = dial(target.address, target.tls, { preamble: target.preamble });
  const { socket } = dialled;
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
  return dialled;
}
