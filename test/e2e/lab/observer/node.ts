import { createServer } from 'node:http';

/** A node in a process of its own, so that a kill is a kill. Arguments: name and port of each; says when it listens. Ends with its parent. */
const pairs = process.argv.slice(2).map((pair) => pair.split(':') as [string, string]);
const ports = await Promise.all(
  pairs.map(
    ([name, port]) =>
      new Promise<number>((resolve) => {
        const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
          if (request.url === '/healthz') response.end('well');
          // Long enough that a kill finds some under way.
          else setTimeout(() => response.end(name), 3);
        });
        server.listen(Number(port), '127.0.0.1', () => {
          resolve((server.address() as { port: number }).port);
        });
      }),
  ),
);
process.stdout.write(`${JSON.stringify({ at: Date.now(), ports })}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
