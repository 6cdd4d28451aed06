import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { MalformedMessage, readRequest, type StrictRequest } from './strict-http.ts';
import { eventually, turns } from './wait.ts';

/** What a node does with a request: bytes in one or several pieces, and what becomes of the connection after them. */
export interface NodeAnswer {
  parts: readonly (Buffer | string)[];
  /** Default keep. `end`: FIN after the last byte; `reset`: RST. */
  then?: 'keep' | 'end' | 'reset';
  /** Between the pieces. Default: a few turns of the event loop. */
  pause?: () => Promise<void>;
}

export type Answering = Buffer | string | NodeAnswer | undefined;

/** One connection to the node, with everything that came over it. */
export class NodeConnection {
  readonly socket: Socket;
  /** Counts from 1 over the node's life. */
  readonly number: number;
  /** Whole requests read from it. */
  readonly requests: StrictRequest[] = [];
  /** Why its bytes are not requests; never set by an honest balancer. */
  malformed: MalformedMessage | undefined;
  /** The peer shut down its writing side. */
  ended = false;
  /** Both sides are gone. */
  closed = false;
  #chunks: Buffer[] = [];
  #pending: Buffer = Buffer.alloc(0);
  #size = 0;

  constructor(socket: Socket, number: number) {
    this.socket = socket;
    this.number = number;
  }

  /** Every byte received since the connection began (or since the node's record was cleared). */
  get bytes(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes that are not yet a whole request. */
  get rest(): Buffer {
    return this.#pending;
  }

  /** Forgets what it received, half a request too: what comes next is read as a new one. */
  clear(): void {
    this.#chunks = [];
    this.#size = 0;
    this.#pending = Buffer.alloc(0);
    this.malformed = undefined;
    this.requests.length = 0;
  }

  /** Takes bytes in. @returns the requests they completed. */
  take(chunk: Buffer, parse: boolean): StrictRequest[] {
    this.#size += chunk.length;
    if (!parse) return [];
    this.#chunks.push(chunk);
    if (this.malformed) return [];
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const done: StrictRequest[] = [];
    try {
      while (this.#pending.length > 0) {
        const request = readRequest(this.#pending);
        if (!request) break;
        this.#pending = this.#pending.subarray(request.length);
        done.push(request);
      }
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.malformed = error;
    }
    this.requests.push(...done);
    return done;
  }

  /** Sends in one piece, if the connection is still there. */
  send(bytes: Buffer | string): void {
    if (this.socket.writable) this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }
}

export interface NodeHandlers {
  /** A whole request came. What is returned is sent; undefined: the node says nothing. */
  onRequest?: (request: StrictRequest, connection: NodeConnection) => Answering | Promise<Answering>;
  /** Bytes came. With this the node does not read HTTP at all and keeps no bytes: for tcp, tunnels and large transfers. */
  onBytes?: (bytes: Buffer, connection: NodeConnection) => void;
  onConnection?: (connection: NodeConnection) => void;
}

/** The answer of a node that was told nothing else. */
export const okAnswer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/**
 * A node made of a bare TCP server: records every byte of every connection and answers with scripted bytes, broken on purpose
 * where a test wants that.
 */
export class RecorderNode {
  readonly server: Server;
  readonly port: number;
  handlers: NodeHandlers;
  connections: NodeConnection[] = [];
  /** Connections accepted since the start. */
  accepted = 0;
  readonly #open = new Set<NodeConnection>();

  private constructor(server: Server, port: number, handlers: NodeHandlers) {
    this.server = server;
    this.port = port;
    this.handlers = handlers;
    server.on('connection', (socket) => {
      this.#serve(socket);
    });
  }

  /** Starts on a free port of `host`, or on the one given (to bring a dead node back). */
  static start(handlers: NodeHandlers = { onRequest: () => okAnswer }, port = 0, host = '127.0.0.1'): Promise<RecorderNode> {
    return new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true, noDelay: true });
      server.once('error', reject);
      server.listen(port, host, () => {
        resolve(new RecorderNode(server, (server.address() as AddressInfo).port, handlers));
      });
    });
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#open.size;
  }

  /** All bytes received since the record was cleared, whatever the connection. */
  get size(): number {
    return this.connections.reduce((sum, c) => sum + c.size, 0);
  }

  /** All whole requests since the record was cleared, whatever the connection. */
  get requests(): StrictRequest[] {
    return this.connections.flatMap((c) => c.requests);
  }

  /** Forgets all records; connections that are closed are forgotten altogether. */
  clear(): void {
    this.connections = this.connections.filter((c) => !c.closed);
    for (const connection of this.connections) connection.clear();
  }

  #serve(socket: Socket): void {
    const connection = new NodeConnection(socket, ++this.accepted);
    this.connections.push(connection);
    this.#open.add(connection);
    socket.on('data', (chunk: Buffer) => {
      const raw = this.handlers.onBytes;
      const requests = connection.take(chunk, raw === undefined);
      raw?.(chunk, connection);
      if (requests.length > 0) void this.#answer(requests, connection);
    });
    socket.on('end', () => {
      connection.ended = true;
      // A node that was told nothing else closes when its peer does.
      if (!this.handlers.onBytes) socket.end();
    });
    socket.on('error', () => {
      connection.ended = true;
    });
    socket.on('close', () => {
      connection.ended = true;
      connection.closed = true;
      this.#open.delete(connection);
    });
    this.handlers.onConnection?.(connection);
  }

  async #answer(requests: StrictRequest[], connection: NodeConnection): Promise<void> {
    for (const request of requests) {
      const answering = await this.handlers.onRequest?.(request, connection);
      if (answering === undefined) continue;
      const answer: NodeAnswer = typeof answering === 'string' || Buffer.isBuffer(answering) ? { parts: [answering] } : answering;
      for (const [i, part] of answer.parts.entries()) {
        if (i > 0) await (answer.pause ?? turns)();
        connection.send(part);
      }
      if (answer.then === 'end') connection.socket.end();
      if (answer.then === 'reset') {
        await turns(2);
        connection.socket.resetAndDestroy();
      }
    }
  }

  /** Waits until no connection is open. @returns whether that came within `ms`. */
  untilIdle(ms = 8000): Promise<boolean> {
    return eventually(() => this.#open.size === 0, ms);
  }

  /** Closes the port and resets every connection, as a plug pulled. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const connection of this.#open) connection.socket.resetAndDestroy();
    await closed;
  }
}
