import type { ListenerConfig } from '../../../shared/model/config.ts';
import type { Clock } from '../clock.ts';
import type { RequestRing } from '../metrics/request-ring.ts';
import type { Pool } from '../pools/pool.ts';

/** A client connection from the moment it is admitted. */
export interface Session {
  /** Something is still to be passed on. False between requests, and once the last answer is out and only the close is awaited. */
  readonly busy: boolean;
  /** Looks at the time: idle, head, answer, tunnel and drain timeouts. `now` is monotonic milliseconds. */
  check(now: number): void;
  /** The listener stops: end now if idle, otherwise after what is in flight. */
  drain(): void;
  /** Ends at once, whatever is in flight. */
  cut(): void;
}

/** What a session sees of its listener. `config` and `pool` are read anew for each request, so that changes need no restart. */
export interface ListenerContext {
  readonly config: ListenerConfig;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly ring: RequestRing;
  /** Over all answers of the engine. */
  /** How long answers took, milliseconds. */
  readonly latency: { record(ms: number): void };
  /** It accepts nothing more: answers say `Connection: close`. */
  readonly draining: boolean;
  requests: number;
  errors: number;
  /** Requests and sessions that were tried on another node at least once. */
  retried: number;
  bytesIn: number;
  bytesOut: number;
  /** The session is over; it must not be checked or counted any more. */
  ended(session: Session): void;
}

/** Who is at the other end of a client connection: the peer, or whom a PROXY header names. */
export interface ClientAddress {
  address: string;
  port: number;
  /** Where the client connected to. */
  localAddress: string;
  localPort: number;
}
