import type { HealthCheckConfig, NodeConfig, PoolConfig } from '../../../../shared/model/config.ts';
import type { CheckResult } from '../../../../shared/model/state.ts';
import type { Clock } from '../../clock.ts';
import { connectionProbe } from './connection.ts';
import { httpProbe } from './http.ts';
import type { Probe, ProbeTarget } from './probe.ts';
import { encodeProxyHeader } from '../../sessions/proxy-protocol.ts';
import type { DialAddress } from '../../upstream/name-resolver.ts';
import { describeSocketError } from '../../upstream/socket-error.ts';

/** A check speaks for no client: UNKNOWN in version 1, LOCAL in version 2. */
const nobody = { address: '', port: 0 };

/**
 * The probe a check asks for; undefined for type none.
 * @param address the node's; `check.port` replaces its port.
 * @param proxyProtocol what the node demands of every connection. A port of the check's own demands nothing.
 */
export function createProbe(
  address: DialAddress,
  check: HealthCheckConfig,
  nodeTls: NodeConfig['tls'],
  proxyProtocol: PoolConfig['proxyProtocol'] = 'none',
): Probe | undefined {
  const target: ProbeTarget = {
    address: check.port === 0 ? address : { ...address, port: check.port },
    tls: nodeTls,
    preamble: proxyProtocol === 'none' || check.port !== 0 ? undefined : encodeProxyHeader(proxyProtocol, nobody, nobody),
  };
  switch (check.type) {
    case 'none':
      return undefined;
    case 'connection':
      return connectionProbe(target);
    case 'http':
    case 'http_body':
      return httpProbe(target, check);
  }
}

/**
 * Runs `probe` once, at most `timeoutMs` long. Never rejects.
 * @param signal calls the probe off; the result then says so.
 */
export function runTimed(probe: Probe, timeoutMs: number, clock: Clock, signal?: AbortSignal): Promise<CheckResult> {
  const time = clock.now();
  const start = clock.monotonic();
  const abort = new AbortController();
  return new Promise((resolve) => {
    let done = false;
    const settle = (ok: boolean, detail: string) => {
      if (done) return;
      done = true;
      cancelTimer();
      signal?.removeEventListener('abort', callOff);
      resolve({ time, ok, detail, durationMs: clock.monotonic() - start });
    };
    // A probe that answers closes its own connection properly; only one that is cut short is told to let go at once.
    const callOff = () => {
      settle(false, 'called off');
      abort.abort();
    };
    const cancelTimer = clock.after(timeoutMs, () => {
      settle(false, `timed out after ${timeoutMs} ms`);
      abort.abort();
    });
    if (signal?.aborted) {
      callOff();
      return;
    }
    signal?.addEventListener('abort', callOff, { once: true });
    let running: ReturnType<Probe>;
    try {
      running = probe(abort.signal);
    } catch (error) {
      settle(false, describeSocketError(error));
      return;
    }
    running.then(
      (outcome) => {
        settle(outcome.ok, outcome.detail);
      },
      (error: unknown) => {
        settle(false, describeSocketError(error));
      },
    );
  });
}

/** Runs one check now, of a node that need not be configured. Never rejects; takes at most `check.timeoutMs`. */
export function runProbe(
  address: DialAddress,
  check: HealthCheckConfig,
  nodeTls: NodeConfig['tls'],
  clock: Clock,
  proxyProtocol?: PoolConfig['proxyProtocol'],
): Promise<CheckResult> {
  const probe = createProbe(address, check, nodeTls, proxyProtocol);
  if (!probe) return Promise.resolve({ time: clock.now(), ok: true, detail: 'not checked', durationMs: 0 });
  return runTimed(probe, check.timeoutMs, clock);
}
