import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { counts, pause, task, times } from './count.ts';

/**
 * A stand-in for wrk where that is not installed: keeps one request in flight on each of N keep-alive connections.
 * `node load.ts '{"port":…}'`, answers with counts as JSON.
 */
const { port, tls, path, connections, cookies, thinkMs } = task;
const end = Buffer.from('\r\n\r\n');

for (let i = 0; i < connections; i++) {
  const cookie = cookies.length > 0 ? `Cookie: ${cookies[i % cookies.length]}\r\n` : '';
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${cookie}\r\n`;
  const to = { port, host: '127.0.0.1', noDelay: true };
  let askedAt = 0;
  const ask = (): void => {
    askedAt = performance.now();
    socket.write(request);
  };
  const begin = (): void => void (thinkMs > 0 ? setTimeout(ask, pause()) : ask());
  const socket: Socket = tls ? connectTls({ ...to, rejectUnauthorized: false }, begin) : connect(to, begin);
  let head: Buffer = Buffer.alloc(0);
  let left = -1;
  socket.on('error', () => (counts.errors += 1));
  socket.on('data', (chunk: Buffer) => {
    counts.bytes += chunk.length;
    if (left >= 0) left -= chunk.length;
    else {
      head = head.length > 0 ? Buffer.concat([head, chunk]) : chunk;
      const at = head.indexOf(end);
      if (at < 0) return;
      const text = head.toString('latin1', 0, at);
      if (!text.startsWith('HTTP/1.1 2')) counts.errors += 1;
      left = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0) - (head.length - at - end.length);
      head = Buffer.alloc(0);
    }
    if (left > 0) return;
    left = -1;
    counts.requests += 1;
    if (thinkMs > 0) times.push(performance.now() - askedAt);
    begin();
  });
}
