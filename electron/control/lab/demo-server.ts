import { createServer, type Server, type ServerResponse } from 'node:http';
import { demoPage } from './demo-page.ts';
import { logNormal, seededRandom } from './random.ts';

/** Milliseconds a demo node takes over a page: half of them under 8, none above 30. */
const latency = { median: 8, sigma: 0.6, min: 2, max: 30 };

export interface DemoServerOptions {
  /** Shown on the page and in X-Node. */
  label: string;
  /** Makes the node's latencies repeatable. */
  seed: number;
}

/**
 * The HTTP server inside a demo node, not yet listening. `/healthz` answers "ok" at once, `/api/*` a little JSON, anything
 * else a page that names the node; pages and JSON take 2–30 ms, as if there were work behind them.
 */
export function createDemoServer({ label, seed }: DemoServerOptions): Server {
  const random = seededRandom(seed);
  let requests = 0;

  const answer = (response: ServerResponse, status: number, type: string, body: string): void => {
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      'X-Node': label,
    });
    // Node leaves the body out for HEAD by itself.
    response.end(body);
  };

  const server = createServer((request, response) => {
    request.resume();
    const path = request.url ?? '/';
    if (path === '/healthz') {
      answer(response, 200, 'text/plain; charset=utf-8', 'ok');
      return;
    }
    requests += 1;
    const count = requests;
    setTimeout(
      () => {
        if (response.destroyed) return;
        if (path.startsWith('/api/')) {
          answer(response, 200, 'application/json; charset=utf-8', `${JSON.stringify({ node: label, path })}\n`);
          return;
        }
        const forwarded = request.headers['x-forwarded-for'];
        const forwardedFor = Array.isArray(forwarded) ? forwarded.join(', ') : forwarded;
        answer(response, 200, 'text/html; charset=utf-8', demoPage({ node: label, path, requests: count, forwardedFor }));
      },
      logNormal(random, latency),
    );
  });
  // Longer than a balancer keeps an idle connection, so that the node is not the one to close it under a request.
  server.keepAliveTimeout = 75_000;
  return server;
}
