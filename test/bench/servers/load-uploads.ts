import { connect } from 'node:net';
import { answerBytes } from '../rows.ts';
import { counts, task } from './count.ts';

/** Sends 10 MB requests, one after the other on each of N connections; counts bytes as they are taken, not only whole requests. */
const { port, connections } = task;
const size = answerBytes['/bulk'];
const piece = Buffer.alloc(256 * 1024, 'x');
const head = `POST /upload HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${size}\r\n\r\n`;

for (let i = 0; i < connections; i++) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let answer = '';
  const send = (left: number): void => {
    if (left === 0) return;
    socket.write(piece, (error) => {
      if (error) return;
      counts.bytes += piece.length;
      send(left - piece.length);
    });
  };
  const begin = (): void => {
    answer = '';
    socket.write(head);
    send(size);
  };
  socket.on('connect', begin);
  socket.on('error', () => (counts.errors += 1));
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
    const at = answer.indexOf('\r\n\r\n');
    if (at < 0 || answer.length < at + 4 + answerBytes['/']) return;
    if (!answer.startsWith('HTTP/1.1 200')) counts.errors += 1;
    counts.requests += 1;
    begin();
  });
}
