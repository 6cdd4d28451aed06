import type { NodeConfig } from '../../../../shared/model/config.ts';
import type { DialAddress } from '../../upstream/name-resolver.ts';

/** Where a probe connects to, and how. */
export interface ProbeTarget {
  address: DialAddress;
  tls: NodeConfig['tls'];
  /** Sent first of all: the PROXY header of a node that demands one. */
  preamble?: Buffer | undefined;
}

/** What a probe found, in words that fit after "check:". */
export interface ProbeOutcome {
  ok: boolean;
  /** "connected", "HTTP 200", "connection refused", "HTTP 503, expected 200-399". */
  detail: string;
}

/**
 * One check of one node. It may take as long as it likes: whoever runs it aborts `signal` when time is up, and it then
 * lets go of everything it holds. Its answer after that is ignored.
 */
export type Probe = (signal: AbortSignal) => Promise<ProbeOutcome>;
