import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { answerBytes } from '../rows.ts';
import { frame, FrameReader } from './frames.ts';

/** Three nodes in Node: `node origin.ts PORT…`. Reads whole requests before it answers, and echoes WebSocket frames. */
const small = Buffer.alloc(answerBytes['/'], 'x');
const bulk = Buffer.alloc(answerBytes['/bulk'], 'x');

for (const port of process.argv.slice(2)) {
  const server = createServer((request, response) => {
    const forwarded = request.headers['x-forwarded-for'];
    const body = request.url === '/bulk' ? bulk : request.url === '/whoami' ? String(forwarded ?? '') : small;
    request.resume();
    request.once('end', () => {
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body);
    });
  });
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const reader = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      for (const payload of reader.push(chunk)) socket.write(frame(payload, false));
    });
    socket.on('error', () => undefined);
  });
  server.keepAliveTimeout = 0;
  server.listen(Number(port), '127.0.0.1');
}
