import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { demoPage } from './demo-page.ts';
import { echoQueue } from './echo-queue.ts';
import type { NodeFaults } from './node-faults.ts';
import { logNormal, type Random } from './random.ts';

/** Milliseconds a demo node takes over a page: half of them under 8, none above 30. */
const latency = { median: 8, sigma: 0.6, min: 2, max: 30 };
/** `/bytes/<n>` gives at most so many. */
const maxBytes = 16 * 1024 * 1024;
/** Of a WebSocket message. */
const maxMessageBytes = 64 * 1024;
/** What a capped line is charged for an answer's head. */
const headBytes = 200;
/** The first half of an answer gets so long to leave before the reset follows. Milliseconds. */
const resetAfterMs = 10;

export interface DemoServerOptions {
  /** Shown on the page and in X-Node. */
  label: string;
  /** Makes the node's latencies repeatable. */
  random: Random;
  faults: NodeFaults;
}

/**
 * The HTTP server inside a demo node; it listens nowhere, connections are given to it (`emit('connection', socket)`).
 * `/healthz` answers "ok" at once, `/api/*` a little JSON, `/bytes/<n>` so many bytes, anything else a page that names the
 * node; pages and JSON take 2–30 ms, as if there were work behind them. A WebSocket, at any path, is echoed.
 */
export function createDemoServer({ label, random, faults }: DemoServerOptions): Server {
  let requests = 0;

  const send = (response: ServerResponse, status: number, type: string, body: Buffer, withBody: boolean): void => {
    if (response.destroyed) return;
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length, 'Cache-Control': 'no-store', 'X-Node': label });
    const bytes = withBody ? body : Buffer.alloc(0);
    if (faults.breaking()) {
      const { socket } = response;
      if (bytes.length > 1) response.write(bytes.subarray(0, bytes.length >> 1));
      else response.flushHeaders();
      setTimeout(() => socket?.resetAndDestroy(), resetAfterMs);
      return;
    }
    if (faults.fault?.type !== 'bandwidth') {
      response.end(bytes);
      return;
    }
    response.flushHeaders();
    faults.spend(headBytes, () => {
      faults.pace(
        bytes,
        (piece) => response.write(piece),
        () => response.end(),
      );
    });
  };

  const answer = (request: IncomingMessage, response: ServerResponse, type: string, body: Buffer | string): void => {
    faults.hold(() => {
      const withBody = request.method !== 'HEAD';
      const failing = faults.failing();
      if (failing === undefined) send(response, 200, type, Buffer.from(body), withBody);
      else send(response, failing, 'text/plain; charset=utf-8', Buffer.from(`${label} fails on purpose.\n`), withBody);
    });
  };

  const server = createServer((request, response) => {
    request.resume();
    const path = request.url ?? '/';
    if (path === '/healthz') {
      answer(request, response, 'text/plain; charset=utf-8', 'ok');
      return;
    }
    requests += 1;
    const count = requests;
    setTimeout(
      () => {
        const bytes = /^\/bytes\/(\d{1,8})$/.exec(path)?.[1];
        if (bytes !== undefined) {
          answer(request, response, 'application/octet-stream', Buffer.alloc(Math.min(Number(bytes), maxBytes), 0x2e));
          return;
        }
        if (path.startsWith('/api/')) {
          answer(request, response, 'application/json; charset=utf-8', `${JSON.stringify({ node: label, path })}\n`);
          return;
        }
        const forwarded = request.headers['x-forwarded-for'];
        const forwardedFor = Array.isArray(forwarded) ? forwarded.join(', ') : forwarded;
        answer(request, response, 'text/html; charset=utf-8', demoPage({ node: label, path, requests: count, forwardedFor }));
      },
      logNormal(random, latency),
    );
  });
  // Longer than a balancer keeps an idle connection, so that the node is not the one to close it under a request.
  server.keepAliveTimeout = 75_000;
  echoWebSockets(server, label, faults);
  return server;
}

function echoWebSockets(server: Server, label: string, faults: NodeFaults): void {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxMessageBytes });
  sockets.on('headers', (headers) => headers.push(`X-Node: ${label}`));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    faults.hold(() => {
      if (socket.destroyed) return;
      const failing = faults.failing();
      if (failing !== undefined) {
        socket.end(`HTTP/1.1 ${failing} Fails on purpose\r\nConnection: close\r\nContent-Length: 0\r\nX-Node: ${label}\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        echo(webSocket, socket as Socket, faults);
      });
    });
  });
}

function echo(webSocket: WebSocket, socket: Socket, faults: NodeFaults): void {
  const inOrder = echoQueue(faults);
  webSocket.on('error', () => {
    webSocket.terminate();
  });
  webSocket.on('message', (data, binary) => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
    inOrder((next) => {
      if (faults.breaking()) socket.resetAndDestroy();
      else
        faults.spend(bytes.length, () => {
          if (webSocket.readyState === webSocket.OPEN) webSocket.send(bytes, { binary });
          next();
        });
    });
  });
}
