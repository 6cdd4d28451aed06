import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ContractError, type Envelope } from '../../shared/contract/envelope.ts';
import { formatHostPort } from '../../shared/model/address.ts';
import type { TrafficTick } from '../../shared/model/metrics.ts';
import type { ControlPlane } from '../control/control-plane.ts';
import type { Log } from '../control/log.ts';
import { failure } from '../ipc/envelope.ts';
import type { Sender } from '../ipc/sender.ts';
import { parseBody, readBody } from './body.ts';
import { EventStreams, parseEventChannels } from './event-stream.ts';
import { httpStatus } from './http-status.ts';
import { notBuiltPage, signInPage } from './pages.ts';
import { isOwnPeer, peerName } from './peer-owner.ts';
import { prometheusText } from './prometheus.ts';
import { foreignProblem, isCrossSite, isForwarded, isSameOrigin } from './request-guard.ts';
import { Session } from './session.ts';
import { rendererFolder, sendFile } from './static-files.ts';
import { Strangers } from './strangers.ts';
import { sameSecret } from './token.ts';

export interface HttpTransportOptions {
  plane: ControlPlane;
  log: Log;
  token: string;
  host: string;
  /** 0: any free port. */
  port: number;
  /** Answer GET /metrics without the token. Default false. */
  metricsOpen?: boolean;
  /** Where the built screens are. Default: where the build puts them. */
  screens?: string;
  /** Who takes nothing of an answer for so long is cut off. Milliseconds, default 60,000; event streams say something every 15,000. */
  stalledMs?: number;
  /** Connections without a token or session at a time; the oldest gives way to the next. Default 256. */
  maxStrangers?: number;
  /** Whether a loopback peer may have the screens without the token. Default: on Linux, when its socket is this user's or root's. */
  isOwnPeer?: (socket: Socket) => Promise<boolean>;
  /** Whom a session is for: another name, and it does not hold. Default: the user on this machine, on Linux; else the address. */
  peerName?: (socket: Socket) => Promise<string>;
}

export interface HttpTransport {
  /** "http://127.0.0.1:7070/" */
  readonly url: string;
  readonly port: number;
  /** Ends event streams and idle connections, lets answers under way finish for at most a second. */
  close(): Promise<void>;
}

/** Inline styles are allowed because dialogs lock scrolling with one; scripts have no exception. */
const securityHeaders: Record<string, string> = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Read before anybody has proved himself, so no larger than a token in a form. */
const maxSignInBytes = 4 * 1024;

/** The contract over HTTP for scripts and for the screens in a browser: requests, events, metrics and static files. */
class Transport {
  readonly #options: HttpTransportOptions;
  readonly #session: Session;
  readonly #screens: string;
  readonly streams: EventStreams;
  readonly strangers: Strangers;
  #lastTick: TrafficTick | undefined;
  #restarts = 0;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#screens = options.screens ?? rendererFolder();
    this.#session = new Session(options.peerName ?? peerName);
    this.streams = new EventStreams(options.plane.subscribe);
    this.strangers = new Strangers(options.maxStrangers);
    options.plane.subscribe('traffic.tick', (tick) => {
      this.#lastTick = tick;
    });
    options.plane.subscribe('journal.entry', (entry) => {
      if (entry.kind === 'engine.restarted') this.#restarts++;
    });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    try {
      const problem = foreignProblem(request, this.#options.host);
      if (problem !== undefined) {
        throw new ContractError('FORBIDDEN', `Refused: ${problem}. Use the address Evenkeel printed when it started.`);
      }
      await this.#route(request, response);
    } catch (error) {
      sendEnvelope(response, failure(error, (request.url ?? '').split('?')[0] ?? '', this.#options.log));
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Two slashes would begin a host's name, and not every text after them is one.
    const url = new URL(`http://localhost${request.url ?? '/'}`);
    const { pathname } = url;
    if (pathname.startsWith('/api/request/')) {
      if (isMethod(request, response, 'POST')) await this.#request(request, response, pathname.slice('/api/request/'.length));
    } else if (pathname === '/api/events') {
      if (!isMethod(request, response, 'GET')) return;
      await this.#authorised(request);
      this.streams.add(response, parseEventChannels(url.searchParams.get('channels')));
    } else if (pathname === '/metrics') {
      if (isMethod(request, response, 'GET', 'HEAD')) await this.#metrics(request, response);
    } else if (pathname === '/session') {
      if (isMethod(request, response, 'POST')) await this.#signIn(request, response);
    } else if (pathname === '/' || pathname === '/index.html') {
      if (isMethod(request, response, 'GET', 'HEAD')) await this.#index(request, response, url);
    } else if (pathname.startsWith('/api/')) {
      throw new ContractError(
        'UNKNOWN_CHANNEL',
        'There is nothing here. Requests go to /api/request/CHANNEL, events come from /api/events.',
      );
    } else if (isMethod(request, response, 'GET', 'HEAD')) {
      // The screens' code is no secret; what it may see is behind the session.
      if (!(await sendFile(response, this.#screens, pathname, request.method === 'GET')))
        sendText(response, 404, 'There is no such page.\n');
    }
  }

  /** How the request proved itself. A cookie also needs a browser's word that our own page sends it. */
  async #sender(request: IncomingMessage): Promise<Extract<Sender, { kind: 'http' }>> {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined && sameSecret(bearer, this.#options.token)) {
      this.strangers.known(request.socket);
      return { kind: 'http', via: 'token' };
    }
    if (!(await this.#session.isIn(request))) return { kind: 'http', via: null };
    const fromUs = request.method === 'POST' ? isSameOrigin(request) : !isCrossSite(request);
    if (!fromUs) throw new ContractError('FORBIDDEN', "Refused: with the screens' cookie, only Evenkeel's own page may ask.");
    this.strangers.known(request.socket);
    return { kind: 'http', via: 'session' };
  }

  async #authorised(request: IncomingMessage): Promise<Sender> {
    const sender = await this.#sender(request);
    if (sender.via === null) {
      throw new ContractError(
        'UNAUTHORIZED',
        'The token is missing or wrong. Send the header "Authorization: Bearer TOKEN" with the token of the ready line.',
      );
    }
    return sender;
  }

  async #request(request: IncomingMessage, response: ServerResponse, channel: string): Promise<void> {
    const sender = await this.#sender(request);
    // Before the body: nobody unknown makes us read a megabyte.
    if (sender.via === null) {
      sendEnvelope(response, await this.#options.plane.router(sender, channel, {}));
      return;
    }
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    // A form on a foreign page can send other types without asking; with the token in a header, nothing of that kind can come.
    if (sender.via === 'session' && type !== 'application/json') {
      throw new ContractError('BAD_REQUEST', 'The body must come with the header "Content-Type: application/json".');
    }
    const params = parseBody(await readBody(request));
    // What is asked for may take its time; taking the answer may not.
    const { socket } = request;
    const { timeout = 0 } = socket;
    socket.setTimeout(0);
    const envelope = await this.#options.plane.router(sender, channel, params);
    socket.setTimeout(timeout);
    sendEnvelope(response, envelope);
  }

  async #metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#options.metricsOpen) await this.#authorised(request);
    const { plane } = this.#options;
    const text = prometheusText(await plane.engine.snapshot(), this.#lastTick, { version: plane.info().version, restarts: this.#restarts });
    sendText(response, 200, text, 'text/plain; version=0.0.4; charset=utf-8');
  }

  /** The screens. They come with the session's cookie, to whoever may have it. */
  async #index(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const given = url.searchParams.get('token');
    if (given !== null && sameSecret(given, this.#options.token)) {
      // Out of the address bar and the history's sight as soon as it has done its work.
      response.writeHead(303, { Location: '/', 'Set-Cookie': await this.#session.cookie(request), 'Cache-Control': 'no-store' }).end();
      return;
    }
    const known = await this.#session.isIn(request);
    if (!known && (isForwarded(request) || !(await (this.#options.isOwnPeer ?? isOwnPeer)(request.socket)))) {
      sendText(response, 401, signInPage(given !== null), 'text/html; charset=utf-8');
      return;
    }
    this.strangers.known(request.socket);
    if (!known) response.setHeader('Set-Cookie', await this.#session.cookie(request));
    if (!(await sendFile(response, this.#screens, '/index.html', request.method === 'GET'))) {
      sendText(response, 503, notBuiltPage, 'text/html; charset=utf-8');
    }
  }

  async #signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isSameOrigin(request)) throw new ContractError('FORBIDDEN', "Refused: only Evenkeel's own page may sign in.");
    const token = new URLSearchParams(await readBody(request, maxSignInBytes)).get('token') ?? '';
    if (!sameSecret(token.trim(), this.#options.token)) {
      sendText(response, 401, signInPage(true), 'text/html; charset=utf-8');
      return;
    }
    response.writeHead(303, { Location: '/', 'Set-Cookie': await this.#session.cookie(request), 'Cache-Control': 'no-store' }).end();
  }
}

function isMethod(request: IncomingMessage, response: ServerResponse, ...allowed: string[]): boolean {
  if (allowed.includes(request.method ?? '')) return true;
  response.setHeader('Allow', allowed.join(', '));
  sendText(response, 405, `Only ${allowed.join(' and ')} here.\n`);
  return false;
}

function sendText(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text), 'Cache-Control': 'no-store' }).end(text);
}

function sendEnvelope(response: ServerResponse, envelope: Envelope): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (!envelope.ok && envelope.error.code === 'UNAUTHORIZED') response.setHeader('WWW-Authenticate', 'Bearer realm="evenkeel"');
  sendText(response, httpStatus(envelope), JSON.stringify(envelope), 'application/json; charset=utf-8');
}

/**
 * Binds the control API and the screens.
 * @throws Error with a `code` of EADDRINUSE and the like when the address cannot be bound.
 */
export async function startHttpTransport(options: HttpTransportOptions): Promise<HttpTransport> {
  const transport = new Transport(options);
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 5_000,
    // Node looks every thirty seconds else, and lets who never finishes a head keep one of the connections for so long.
    connectionsCheckingInterval: 2_000,
  };
  const server = createServer(limits, (request, response) => {
    void transport.handle(request, response);
  });
  server.maxConnections = 1_000;
  server.on('connection', (socket) => {
    transport.strangers.add(socket);
  });
  // Anybody may ask for the screens' code, and would keep a connection and a file by never reading it.
  server.timeout = options.stalledMs ?? 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => {
    options.log('error', `The control API had a problem: ${error.message}`);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${formatHostPort(options.host, port)}/`,
    port,
    close: () =>
      new Promise((resolve) => {
        transport.streams.close();
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
        setTimeout(() => {
          server.closeAllConnections();
        }, 1_000).unref();
      }),
  };
}
