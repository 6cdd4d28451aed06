import { connect, createServer, Socket, type AddressInfo, type Server } from 'node:net';
import { lentBuffer, type LentReader } from '../lent-buffer.ts';

/** A client's connection and the way its bytes come. */
export interface ClientReading {
  readonly socket: Socket;
  /** Bytes come in the thread's lent buffer; otherwise in buffers of their own, which may be kept and written as they are. */
  readonly lends: boolean;
  /** From now on `reader` hears what is read, in place of the one before. The first call sets the connection reading. */
  onRead(reader: LentReader): void;
  /** Nobody hears from now on; the connection is paused if it was reading. */
  stop(): void;
}

/** The parts of Node's sockets that are used here although they are not public. */
interface Innards {
  _handle: object | null;
  server: Server | null;
  _server: Server | null;
}

/** What `new Socket` is given. Only `handle` is private; `onread` and the rest are in Node's manual. */
interface AdoptOptions {
  handle: object;
  allowHalfOpen: boolean;
  noDelay: boolean;
  onread: { buffer: Uint8Array; callback: (bytes: number) => boolean };
}

const AdoptingSocket = Socket as unknown as new (options: AdoptOptions) => Socket;

/** Reads by 'data' events: what Node's manual offers for accepted connections, and the way TLS goes. */
export class EventReading implements ClientReading {
  readonly socket: Socket;
  readonly lends = false;
  #reader: LentReader | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  onRead(reader: LentReader): void {
    if (this.#reader !== undefined) this.socket.removeListener('data', this.#reader);
    this.#reader = reader;
    this.socket.on('data', reader);
  }

  stop(): void {
    if (this.#reader === undefined) return;
    this.socket.removeListener('data', this.#reader);
    this.socket.pause();
  }
}

/**
 * Reads into the lent buffer. Node offers that (`onread`) for connections it opens, not for those it accepts; what it does for
 * the former is done here for the latter: a new socket with `onread` takes over the handle of the accepted one, which is left
 * empty before anybody has heard of it. The handle is the same, and so are its options, its addresses and its place in
 * the count of the server.
 */
class LentReading implements ClientReading {
  readonly socket: Socket;
  readonly lends = true;
  #reader: LentReader | undefined;

  /** @param accepted has a handle; it is not to be used any more. */
  constructor(accepted: Socket & Innards, handle: object) {
    const socket = new AdoptingSocket({
      handle,
      allowHalfOpen: accepted.allowHalfOpen,
      noDelay: true,
      onread: {
        buffer: lentBuffer,
        callback: (bytes) => {
          this.#reader?.(lentBuffer.subarray(0, bytes));
          return true;
        },
      },
    }) as Socket & Innards;
    accepted._handle = null;
    // Whoever holds `_server` takes itself off the server's count when it closes.
    socket.server = accepted.server;
    socket._server = accepted._server;
    accepted._server = null;
    this.socket = socket;
  }

  onRead(reader: LentReader): void {
    this.#reader = reader;
  }

  stop(): void {
    this.#reader = undefined;
    this.socket.pause();
  }
}

/** Whether this Node lets accepted connections lend; unknown until `proveLending` has tried it. */
let lending = false;
let allowed = true;
let proof: Promise<boolean> | undefined;

/**
 * Tries lending once, with a real connection over loopback: bytes both ways, a pause that holds, both ends of a half-closed
 * connection, and the server's count. A Node in which any of it is different reads by 'data' events, which costs time and
 * nothing else. To be awaited before connections are accepted.
 * @returns whether accepted connections lend from now on.
 */
export function proveLending(): Promise<boolean> {
  proof ??= tryLending().then((works) => (lending = works));
  return proof;
}

/** Turns lending off, or on again where it was proved to work: tests run both ways. */
export function allowLending(on: boolean): void {
  allowed = on;
}

/** The way an accepted connection's bytes come. The `socket` in the answer is the connection from now on, not the one given. */
export function readingOf(accepted: Socket): ClientReading {
  const inner = accepted as Socket & Innards;
  return lending && allowed && isWhole(inner) ? new LentReading(inner, inner._handle) : new EventReading(accepted);
}

/** Still open, and nothing was read that the new socket would not hear of. */
function isWhole(socket: Socket & Innards): socket is Socket & Innards & { _handle: object } {
  return typeof socket._handle === 'object' && socket._handle !== null && !socket.destroyed && socket.readableLength === 0;
}

/** A loopback exchange takes a few milliseconds; whoever starts the engine waits for it. */
const proofMs = 2_000;

async function tryLending(): Promise<boolean> {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  let client: Socket | undefined;
  let taken: Socket | undefined;
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      timer = setTimeout(resolve, proofMs, false);
      server.on('error', reject);
      server.on('connection', (accepted: Socket & Innards) => {
        taken = accepted;
        try {
          const port = accepted.remotePort;
          if (!isWhole(accepted)) throw new Error('no handle');
          socket = echo(new LentReading(accepted, accepted._handle), reject);
          if (socket.remotePort !== port) throw new Error('another connection');
          // Taken off the count when it closes, and only then.
          server.getConnections((_, before) => {
            socket?.once('close', () => {
              server.getConnections((_error, after) => {
                resolve(before === 1 && after === 0);
              });
            });
          });
        } catch {
          resolve(false);
        }
      });
      server.listen(0, '127.0.0.1', () => {
        client = ask((server.address() as AddressInfo).port, reject);
      });
    });
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    client?.destroy();
    socket?.destroy();
    taken?.destroy();
    server.close();
  }
}

/** Sends every read back, pausing in between, and a last word after the peer's end. */
function echo(reading: ClientReading, failed: (error: Error) => void): Socket {
  const { socket } = reading;
  socket.on('error', failed);
  let isPaused = false;
  reading.onRead((data) => {
    if (isPaused || data.buffer !== lentBuffer.buffer) failed(new Error('not as lent reading goes'));
    isPaused = true;
    socket.pause();
    socket.write(Buffer.from(data));
    setImmediate(() => {
      isPaused = false;
      socket.resume();
    });
  });
  socket.once('end', () => socket.end('.'));
  return socket;
}

/** Sends two words one after the other's echo, ends its side, and expects the last word. */
function ask(port: number, failed: (error: Error) => void): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let heard = '';
  socket.on('error', failed);
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    if (heard === 'one') socket.write('two');
    if (heard === 'onetwo') socket.end();
  });
  socket.once('end', () => {
    if (heard === 'onetwo.') socket.destroy();
    else failed(new Error('heard something else'));
  });
  socket.write('one');
  return socket;
}
