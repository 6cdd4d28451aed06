import { lookup as systemLookup } from 'node:dns';
import { connect, isIP, type LookupFunction } from 'node:net';
import type { HostPort } from '../../../shared/model/address.ts';
import type { Clock } from '../clock.ts';
import type { LoopGuard } from './loop-guard.ts';

/** What dialling has to know of a node whose address is a DNS name. */
export interface NodeName {
  /** The address in use; undefined until a connection has been made, and then connecting looks the name up itself. */
  readonly ip: string | undefined;
  readonly lookup: LookupFunction;
  /** A connection was made to `ip`. */
  connected(ip: string): void;
  /** A connection could not be made. */
  failed(): void;
}

/** Where to connect to. `host` stays the name: SNI, certificates and the Host of checks go by it. */
export interface DialAddress extends HostPort {
  readonly name?: NodeName;
  /** Says where no connection may go. */
  readonly guard?: LoopGuard;
}

const intervalMs = 10_000;
/** After a failed connect a name is looked up at once, but not more often than this. */
const minIntervalMs = 1_000;
/** A new address has this long to accept a connection before the next is tried. */
const trialMs = 3_000;

/**
 * Keeps node names resolved. The address in use stays until another one has accepted a connection: a resolver that fails, a
 * name that is gone and a new address that is dead change nothing.
 */
export class NameResolver {
  private readonly clock: Clock;
  private readonly lookup: LookupFunction;
  private readonly guard: LoopGuard | undefined;
  private readonly names = new Set<ResolvedName>();
  private readonly stopTimer: () => void;

  /**
   * @param lookup resolves names, as `dns.lookup` does (the default).
   * @param guard keeps what is dialled from leading back here.
   */
  constructor(clock: Clock, lookup: LookupFunction = systemLookup, guard?: LoopGuard) {
    this.clock = clock;
    this.lookup = lookup;
    this.guard = guard;
    this.stopTimer = clock.every(intervalMs, () => {
      for (const name of this.names) name.refresh();
    });
  }

  /** @param moved called when another address has come into use. @returns what to dial; IP addresses come back as they are. */
  watch(address: HostPort, moved: () => void): DialAddress {
    const guarded = this.guard === undefined ? address : { ...address, guard: this.guard };
    if (isIP(address.host) !== 0) return guarded;
    const name = new ResolvedName(address, this.clock, this.guard?.lookup(this.lookup, address.port) ?? this.lookup, moved);
    this.names.add(name);
    return { ...guarded, name };
  }

  /** Looks the name up no more; what is in use stays in use. */
  unwatch(address: DialAddress): void {
    if (!(address.name instanceof ResolvedName)) return;
    this.names.delete(address.name);
    address.name.close();
  }

  close(): void {
    this.stopTimer();
    for (const name of this.names) name.close();
    this.names.clear();
  }
}

class ResolvedName implements NodeName {
  ip: string | undefined;
  readonly lookup: LookupFunction;
  private readonly address: HostPort;
  private readonly clock: Clock;
  private readonly moved: () => void;
  /** A lookup or a trial is under way. */
  private busy = false;
  private closed = false;
  private lastLookup = Number.NEGATIVE_INFINITY;
  private cancelTrial: (() => void) | undefined;

  constructor(address: HostPort, clock: Clock, lookup: LookupFunction, moved: () => void) {
    this.address = address;
    this.clock = clock;
    this.lookup = lookup;
    this.moved = moved;
  }

  connected(ip: string): void {
    this.ip ??= ip;
  }

  failed(): void {
    if (this.clock.monotonic() - this.lastLookup >= minIntervalMs) this.refresh(true);
  }

  /** @param failing the address in use did not answer, so another of the name's addresses will do. */
  refresh(failing = false): void {
    if (this.busy || this.closed || this.ip === undefined) return;
    this.busy = true;
    this.lastLookup = this.clock.monotonic();
    this.lookup(this.address.host, { all: true }, (error, found) => {
      const addresses = error === null && Array.isArray(found) ? found.map((entry) => entry.address) : [];
      const current = this.ip!;
      if (addresses.includes(current) && !failing) this.busy = false;
      else
        this.tryFirst(
          addresses.filter((address) => address !== current),
          0,
        );
    });
  }

  close(): void {
    this.closed = true;
    this.cancelTrial?.();
  }

  private tryFirst(addresses: readonly string[], at: number): void {
    const ip = addresses[at];
    if (ip === undefined || this.closed) {
      this.busy = false;
      return;
    }
    const socket = connect({ host: ip, port: this.address.port });
    let accepted = false;
    const cancelTimer = this.clock.after(trialMs, () => {
      socket.destroy();
    });
    this.cancelTrial = () => {
      cancelTimer();
      socket.destroy();
    };
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      accepted = !this.closed;
      socket.destroySoon();
      if (accepted) {
        this.ip = ip;
        this.moved();
      }
    });
    socket.once('close', () => {
      cancelTimer();
      this.cancelTrial = undefined;
      if (accepted) this.busy = false;
      else this.tryFirst(addresses, at + 1);
    });
  }
}
