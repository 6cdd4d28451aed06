import { UpstreamConnection, type ConnectionKeeper, type UpstreamTarget } from './connection.ts';

/** Idle connections kept to one node. */
const maxIdle = 256;
/** An idle connection is closed after this long; most servers give up after 5 s or more, and closing first avoids races. */
const idleMs = 4_000;

/** Keep-alive connections of one node: a stack, so that the warmest is used again and the others grow old and go. */
export class ConnectionPool implements ConnectionKeeper {
  private readonly node: UpstreamTarget;
  private readonly idle: UpstreamConnection[] = [];
  /** Kept by their clients, whose authentication is bound to them, and by nobody else. */
  private readonly bound = new Set<UpstreamConnection>();
  /** Counts how often everything was closed: a connection from before that is not taken back. */
  private generation = 0;

  constructor(node: UpstreamTarget) {
    this.node = node;
  }

  /** An idle connection, or undefined when a new one has to be made. */
  take(): UpstreamConnection | undefined {
    let connection = this.idle.pop();
    while (connection !== undefined && !connection.isUsable) connection = this.idle.pop();
    return connection;
  }

  /** A new connection; its exchange hears when it is up or has failed. */
  open(): UpstreamConnection {
    const connection = new UpstreamConnection(this.node, this);
    connection.generation = this.generation;
    return connection;
  }

  /** Takes back a connection that has served a whole exchange in good order. */
  give(connection: UpstreamConnection, now: number): void {
    if (this.idle.length >= maxIdle || connection.generation !== this.generation) {
      connection.destroy();
      return;
    }
    connection.idleSince = now;
    this.idle.push(connection);
  }

  /** Leaves a connection that has served an exchange to its client. @returns false when it cannot be kept. */
  bind(connection: UpstreamConnection): boolean {
    if (connection.generation !== this.generation) {
      connection.destroy();
      return false;
    }
    this.bound.add(connection);
    return true;
  }

  /** A connection went away by itself, or its client has. */
  forget(connection: UpstreamConnection): void {
    this.bound.delete(connection);
    const at = this.idle.lastIndexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }

  /** Closes what has been idle too long; the oldest are at the bottom of the stack. */
  sweep(now: number): void {
    let old = 0;
    while (old < this.idle.length && now - this.idle[old]!.idleSince >= idleMs) old++;
    if (old > 0) for (const connection of this.idle.splice(0, old)) connection.destroy();
  }

  /** Closes every idle connection, and those in use once they are given back: the node is down, rejected, moved or gone. */
  closeIdle(): void {
    this.generation++;
    for (const connection of this.idle.splice(0)) connection.destroy();
    // One that is in use ends once its exchange has.
    for (const connection of this.bound) if (connection.isUsable) connection.destroy();
    this.bound.clear();
  }
}
