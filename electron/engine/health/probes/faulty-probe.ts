import type { HealthCheckConfig } from '../../../../shared/model/config.ts';
import { parseStatusRanges } from '../../../../shared/model/status-ranges.ts';
import type { Clock } from '../../clock.ts';
import { faultMark, type NodeFault } from '../../pools/node-fault.ts';
import type { Probe } from './probe.ts';

/** A probe that meets the fault its node has, if any, as live traffic does. @param faultOf asked anew for each check. */
export function faultyProbe(probe: Probe, check: HealthCheckConfig, faultOf: () => NodeFault | null, clock: Clock): Probe {
  const ranges = parseStatusRanges(check.expectStatus) ?? [];
  const asksHttp = check.type === 'http' || check.type === 'http_body';
  return async (signal) => {
    const fault = faultOf();
    if (fault === null) return probe(signal);
    if (fault.refuses) return { ok: false, detail: `connection refused ${faultMark}` };
    if (asksHttp && fault.strikes()) {
      const ok = ranges.some(([low, high]) => fault.status >= low && fault.status <= high);
      return { ok, detail: `HTTP ${fault.status}${ok ? '' : `, expected ${check.expectStatus}`} ${faultMark}` };
    }
    const delay = fault.delayMs();
    if (delay > 0) await pause(delay, clock, signal);
    return probe(signal);
  };
}

/** Ends early when `signal` is aborted. */
function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      stop();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const stop = clock.after(ms, over);
    signal.addEventListener('abort', over);
  });
}
