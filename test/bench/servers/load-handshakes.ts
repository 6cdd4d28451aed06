import { connect } from 'node:tls';
import { answerBytes } from '../rows.ts';
import { counts, task } from './count.ts';

/** N workers, each opening one TLS connection after the other: handshake, one request, close. */
const { port, connections, resume } = task;
const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;

function next(session: Buffer | undefined): void {
  let kept = session;
  let bytes = 0;
  let reused = false;
  const socket = connect({
    port,
    host: '127.0.0.1',
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
    session: resume ? session : undefined,
  });
  socket.once('secureConnect', () => {
    reused = socket.isSessionReused();
    socket.write(request);
  });
  socket.on('session', (ticket) => (kept = ticket));
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  socket.on('error', () => (counts.errors += 1));
  socket.once('close', () => {
    // The first connection of a worker has nothing to resume.
    const asMeant = reused === (resume && session !== undefined);
    if (bytes > answerBytes['/'] && asMeant) counts.requests += 1;
    else counts.errors += 1;
    counts.bytes += bytes;
    next(kept);
  });
}

for (let i = 0; i < connections; i++) next(undefined);
