import { createServer } from 'node:http';
import { answerBytes } from '../rows.ts';

/** A stand-in for nginx as the origin where that is not installed: `node origin.ts PORT…`. */
const small = Buffer.alloc(answerBytes['/'], 'x');
const bulk = Buffer.alloc(answerBytes['/bulk'], 'x');

for (const port of process.argv.slice(2)) {
  const server = createServer((request, response) => {
    const forwarded = request.headers['x-forwarded-for'];
    const body = request.url === '/bulk' ? bulk : request.url === '/whoami' ? String(forwarded ?? '') : small;
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body);
  });
  server.keepAliveTimeout = 0;
  server.listen(Number(port), '127.0.0.1');
}
