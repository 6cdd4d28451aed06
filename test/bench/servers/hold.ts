import { connect, type Socket } from 'node:net';

/**
 * Opens keep-alive connections, makes one request on each and leaves them idle: `node hold.ts PORT COUNT`. Prints `{"open":N}`
 * once all have their answer (or could not get one), and again when it is told to end.
 */
const port = Number(process.argv[2]);
const count = Number(process.argv[3]);
const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
/** At a time: a backlog holds so many anywhere. */
const atOnce = 64;
const open = new Set<Socket>();
let begun = 0;
let done = 0;

const say = (then: () => void): void => void process.stdout.write(`${JSON.stringify({ open: open.size })}\n`, then);

function next(): void {
  if (begun === count) return;
  begun += 1;
  const socket = connect({ port, host: '127.0.0.1' });
  let answered = false;
  const finish = (): void => {
    if (answered) return;
    answered = true;
    done += 1;
    if (done === count) say(() => undefined);
    next();
  };
  socket.once('connect', () => socket.write(request));
  socket.once('data', (chunk: Buffer) => {
    if (chunk.toString('latin1', 0, 12) === 'HTTP/1.1 200') open.add(socket);
    finish();
  });
  socket.on('error', () => undefined);
  socket.once('close', () => {
    open.delete(socket);
    finish();
  });
}

process.on('SIGTERM', () => {
  say(() => process.exit(0));
});
for (let i = 0; i < Math.min(atOnce, count); i++) next();
