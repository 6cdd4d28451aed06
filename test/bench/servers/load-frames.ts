import { connect } from 'node:net';
import { counts, task } from './count.ts';
import { frame, FrameReader } from './frames.ts';

/** One WebSocket frame in flight on each of N upgraded connections; an echo is two frames through the proxy. */
const { port, connections } = task;
const payload = Buffer.alloc(64, 'evenkeel');
const message = frame(payload, true);
const upgrade = [
  'GET /echo HTTP/1.1',
  `Host: 127.0.0.1:${port}`,
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: ZXZlbmtlZWwgYmVuY2ghIQ==',
  '\r\n',
].join('\r\n');

for (let i = 0; i < connections; i++) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const reader = new FrameReader();
  let head = '';
  let upgraded = false;
  socket.on('connect', () => socket.write(upgrade));
  socket.on('error', () => (counts.errors += 1));
  socket.on('data', (chunk: Buffer) => {
    if (!upgraded) {
      head += chunk.toString('latin1');
      if (!head.endsWith('\r\n\r\n')) return;
      if (!head.startsWith('HTTP/1.1 101')) {
        counts.errors += 1;
        socket.destroy();
        return;
      }
      upgraded = true;
      socket.write(message);
      return;
    }
    for (const echo of reader.push(chunk)) {
      if (!echo.equals(payload)) counts.errors += 1;
      counts.bytes += echo.length * 2;
      counts.requests += 2;
      socket.write(message);
    }
  });
}
