import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { anyHosts, formatHostPort, plainHost, reachesListener, type HostPort } from '../../../shared/model/address.ts';
import type { Clock } from '../clock.ts';

/** A node's address that is a listener of this engine: a request sent there would come back, and be sent there again. */
export class LoopError extends Error {
  readonly code = 'EVENKEEL_LOOP';

  constructor(ip: string, port: number, listener: string) {
    super(`${formatHostPort(ip, port)} leads back to listener "${listener}", which would loop`);
    this.name = 'LoopError';
  }
}

/** Addresses of this machine change seldom; asking for them takes longer than a connection should wait each time. */
const keepMs = 5_000;

/**
 * Keeps connections to nodes from ending at this engine's own listeners. Configurations are held against each other by their
 * literals; what a name stands for, and which addresses are this machine's, is known only when a connection is about to be made.
 */
export class LoopGuard {
  private readonly clock: Clock;
  private readonly listeners: () => readonly (HostPort & { id: string })[];
  private readonly interfaces: typeof networkInterfaces;
  private own = new Set<string>();
  private readAt = Number.NEGATIVE_INFINITY;

  /** @param listeners those that are open now. */
  constructor(clock: Clock, listeners: () => readonly (HostPort & { id: string })[], interfaces = networkInterfaces) {
    this.clock = clock;
    this.listeners = listeners;
    this.interfaces = interfaces;
  }

  /** Why no connection may be made to an IP address and port; undefined where it may. */
  refuse(ip: string, port: number): LoopError | undefined {
    const target = { host: ip, port };
    const loop = this.listeners().find(
      (listener) => listener.port === port && (reachesListener(target, listener) || (anyHosts.has(listener.host) && this.isOwn(ip))),
    );
    return loop && new LoopError(ip, port, loop.id);
  }

  /** `lookup` without the addresses that lead back; when none is left, it fails with LoopError. */
  lookup(lookup: LookupFunction, port: number): LookupFunction {
    return (host, options, done) => {
      lookup(host, options, (error, found, family) => {
        if (error !== null) {
          done(error, found, family);
          return;
        }
        if (typeof found === 'string') {
          done(this.refuse(found, port) ?? null, found, family);
          return;
        }
        const allowed = found.filter(({ address }) => this.refuse(address, port) === undefined);
        const refusal = allowed.length === 0 && found[0] !== undefined ? this.refuse(found[0].address, port) : undefined;
        done(refusal ?? null, allowed);
      });
    };
  }

  private isOwn(ip: string): boolean {
    const now = this.clock.monotonic();
    if (now - this.readAt >= keepMs) {
      this.readAt = now;
      this.own = new Set(Object.values(this.interfaces()).flatMap((all) => (all ?? []).map(({ address }) => plainHost(bare(address)))));
    }
    return this.own.has(plainHost(bare(ip)));
  }
}

/** Without the zone of a link-local address (RFC 4007 section 11). */
const bare = (ip: string): string => (isIP(ip) === 6 ? ip.replace(/%.*$/, '') : ip);
