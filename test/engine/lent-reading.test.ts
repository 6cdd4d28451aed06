import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lentBuffer } from '../../electron/engine/lent-buffer.ts';
import { allowLending, proveLending, readingOf, type ClientReading } from '../../electron/engine/sessions/lent-reading.ts';
import { useStage } from '../support/cleanup.ts';
import type { HarnessConfig } from '../support/engine-harness.ts';
import { get } from '../support/raw-client.ts';
import type { NodeConnection, NodeHandlers } from '../support/recorder-node.ts';
import { eventually, seededRandom, sleep, turns } from '../support/wait.ts';

/** All connections of a thread read into one buffer: what has to outlive a read must have been copied by then. */

const stage = useStage();
/** More than the kernel keeps for a loopback connection, so that some of it has to wait in the engine. */
const large = 16 * 1024 * 1024;

const ways = [
  ['lent', true],
  ['own', false],
] as const;

afterAll(() => {
  allowLending(true);
});

it('accepted connections lend in the Node the project brings', async () => {
  expect(await proveLending()).toBe(true);
});

/** An engine with `web` for the test and `noise`, whose client has the lent buffer overwritten all the time. */
async function engineWithNoise(node: NodeHandlers, short: Partial<HarnessConfig> = {}, limits: { maxConnections?: number } = {}) {
  const tested = await stage.node(node);
  const other = await stage.node({ onBytes: () => undefined });
  const harness = await stage.engine({
    listeners: [...(short.listeners ?? [{ id: 'web' }]), { id: 'noise', pool: 'noise', protocol: 'tcp' }],
    pools: [
      { id: 'web', retries: 0, nodes: [{ address: tested.address, ...limits }] },
      { id: 'noise', nodes: [other.address] },
    ],
  });
  const client = await stage.client(harness, 'noise');
  // More than the lent buffer, so that all of it is overwritten.
  const junk = Buffer.alloc(150_000, '#');
  let sent = 0;
  const shout = () => {
    sent += junk.length;
    client.write(junk);
  };
  const timer = setInterval(() => {
    if (client.socket.writableLength === 0) shout();
  }, 5);
  stage.also(() => {
    clearInterval(timer);
  });
  /** Waits until the lent buffer was overwritten once more. */
  const churn = async () => {
    shout();
    const all = sent;
    expect(await eventually(() => other.size >= all, 5000, 1)).toBe(true);
  };
  return { harness, node: tested, churn };
}

function pieces(bytes: Buffer, seed: number, count: number): Buffer[] {
  const random = seededRandom(seed);
  const cuts = [0, ...Array.from({ length: count - 1 }, () => Math.floor(random() * bytes.length)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
}

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** What came over a connection whose node reads only when told to. */
function slowReader() {
  const chunks: Buffer[] = [];
  let end: NodeConnection | undefined;
  const handlers: NodeHandlers = {
    onBytes: (bytes, connection) => {
      end = connection;
      chunks.push(Buffer.from(bytes));
    },
    onConnection: (connection) => {
      end = connection;
      connection.socket.pause();
    },
  };
  return { handlers, got: () => Buffer.concat(chunks), end: () => end };
}

describe.each(ways)('with %s buffers', (_name, lends) => {
  beforeAll(() => {
    allowLending(lends);
  });

  it('pipelined requests cut anywhere reach the node whole and in order', async () => {
    const { harness, node, churn } = await engineWithNoise({
      onRequest: async (request) => {
        await turns(2);
        const { length } = request.body;
        return `HTTP/1.1 200 OK\r\nContent-Length: ${String(length).length}\r\n\r\n${length}`;
      },
    });
    const bodies = ['first', 'x'.repeat(300), '', 'the last one'];
    const requests = bodies.map((body, i) =>
      i === 1
        ? `PUT /${i} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n${body.slice(0, 100)}\r\nc8\r\n${body.slice(100)}\r\n0\r\n\r\n`
        : `PUT /${i} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const bytes = Buffer.from(requests.join(''));
    for (let seed = 1; seed <= 12; seed++) {
      node.clear();
      const client = await stage.client(harness);
      for (const piece of pieces(bytes, seed, 7)) {
        client.write(piece);
        await churn();
      }
      const answers = await client.answers(bodies.length, ['PUT', 'PUT', 'PUT', 'PUT']);
      expect(answers.map((answer) => answer.body.toString())).toEqual(bodies.map((body) => String(body.length)));
      expect(node.connections.map((c) => c.malformed)).toEqual(node.connections.map(() => undefined));
      const arrived = new Map(node.requests.map((request) => [request.target, request.body.toString()]));
      expect([...arrived].sort()).toEqual(bodies.map((body, i) => [`/${i}`, body]));
      client.destroy();
    }
  });

  it.each([
    ['with a length', `Content-Length: ${large}`, false],
    ['in chunks', 'Transfer-Encoding: chunked', true],
  ] as const)('a body %s waits for a slow node unharmed', async (_how, field, chunked) => {
    const slow = slowReader();
    const { harness, churn } = await engineWithNoise(slow.handlers);
    const client = await stage.client(harness);
    const body = randomBytes(large);
    const parts = pieces(body, 6, 20).filter((part) => part.length > 0);
    client.write(`POST / HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n`);
    for (const part of parts) {
      if (chunked) client.write(`${part.length.toString(16)}\r\n`);
      client.write(part);
      if (chunked) client.write('\r\n');
    }
    if (chunked) client.write('0\r\n\r\n');
    // All the time that bytes are on their way, others are read.
    for (let i = 0; i < 5; i++) await churn();
    slow.end()!.socket.resume();
    const framing = chunked ? parts.reduce((sum, part) => sum + part.length.toString(16).length + 4, 5) : 0;
    const bodyOf = (all: Buffer) => all.subarray(all.indexOf('\r\n\r\n') + 4);
    expect(await eventually(() => bodyOf(slow.got()).length >= body.length + framing, 10_000)).toBe(true);
    let arrived = bodyOf(slow.got());
    if (chunked) arrived = unchunk(arrived);
    expect(sha(arrived)).toBe(sha(body));
  });

  it.each(['tcp', 'http'] as const)('a PROXY header in pieces, and what comes with it (%s)', async (protocol) => {
    const seen: Buffer[] = [];
    const { harness, node, churn } = await engineWithNoise(
      protocol === 'tcp' ? { onBytes: (bytes) => seen.push(Buffer.from(bytes)) } : {},
      {
        listeners: [{ id: 'web', protocol, acceptProxyProtocolFrom: ['127.0.0.1'] }],
      },
    );
    const header = 'PROXY TCP4 192.0.2.7 192.0.2.8 4711 80\r\n';
    const message = `POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world`;
    const bytes = Buffer.from(header + message);
    for (const cut of [1, 6, 20, header.length - 1, header.length, header.length + 1, header.length + 30, bytes.length - 5]) {
      seen.length = 0;
      node.clear();
      const client = await stage.client(harness);
      client.write(bytes.subarray(0, cut));
      await turns();
      await churn();
      client.write(bytes.subarray(cut));
      if (protocol === 'tcp') expect(await eventually(() => Buffer.concat(seen).toString() === message)).toBe(true);
      else {
        expect(await eventually(() => node.requests.length === 1)).toBe(true);
        expect(node.requests[0]!.body.toString()).toBe('hello world');
        expect(node.connections.at(-1)!.bytes.toString()).toContain('X-Forwarded-For: 192.0.2.7\r\n');
      }
      client.destroy();
    }
  });

  it.each(['a tunnel', 'a tcp session'] as const)('%s with readers that are slow on both sides', async (kind) => {
    const slow = slowReader();
    let opened = false;
    const open = kind === 'a tunnel' ? get('/', 'Connection: Upgrade', 'Upgrade: x') : 'open';
    const switching = kind === 'a tunnel' ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n' : '!';
    const { harness, churn } = await engineWithNoise(
      {
        onBytes: (bytes, connection) => {
          if (opened) slow.handlers.onBytes!(bytes, connection);
          else if (bytes.includes(kind === 'a tunnel' ? '\r\n\r\n' : 'open')) {
            opened = true;
            slow.handlers.onConnection!(connection);
            connection.send(switching);
          }
        },
      },
      { listeners: [{ id: 'web', protocol: kind === 'a tunnel' ? 'http' : 'tcp' }] },
    );
    const client = await stage.client(harness);
    client.write(open);
    expect(await client.until(() => (kind === 'a tunnel' ? client.received.includes('\r\n\r\n') : client.size === 1))).toBe(true);
    client.forget();
    client.socket.pause();
    const up = randomBytes(large);
    const down = randomBytes(large);
    client.write(up);
    slow.end()!.socket.write(down);
    for (let i = 0; i < 8; i++) await churn();
    // A little at a time: each pause leaves bytes queued on the way while others are read.
    for (let i = 0; i < 3; i++) {
      slow.end()!.socket.resume();
      client.socket.resume();
      await churn();
      slow.end()!.socket.pause();
      client.socket.pause();
      await churn();
    }
    slow.end()!.socket.resume();
    client.socket.resume();
    expect(await eventually(() => slow.got().length >= up.length && client.size >= down.length, 10_000)).toBe(true);
    expect(sha(slow.got())).toBe(sha(up));
    expect(sha(client.received)).toBe(sha(down));
  });

  it('what a tcp client says while it waits for a place', async () => {
    const seen = new Map<number, Buffer[]>();
    const { harness, churn } = await engineWithNoise(
      {
        onBytes: (bytes, connection) => {
          seen.set(connection.number, [...(seen.get(connection.number) ?? []), Buffer.from(bytes)]);
        },
      },
      { listeners: [{ id: 'web', protocol: 'tcp' }] },
      { maxConnections: 1 },
    );
    const first = await stage.client(harness);
    first.write('a');
    expect(await eventually(() => seen.size === 1)).toBe(true);
    const second = await stage.client(harness);
    const said = randomBytes(300_000);
    for (const piece of pieces(said, 12, 6)) {
      second.write(piece);
      await churn();
    }
    second.end();
    await churn();
    expect(seen.size).toBe(1);
    first.reset();
    expect(await eventually(() => Buffer.concat(seen.get(2) ?? []).length >= said.length, 5000)).toBe(true);
    expect(sha(Buffer.concat(seen.get(2)!))).toBe(sha(said));
  });
});

/** The data of a well-formed chunked body. */
function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

describe('an accepted connection that lends', () => {
  let server: Server;
  let client: Socket;
  let accepted: Socket;
  let reading: ClientReading;

  async function accept(before: (socket: Socket) => void = () => undefined): Promise<void> {
    await proveLending();
    allowLending(true);
    server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const arrived = new Promise<void>((resolve) => {
      server.once('connection', (socket: Socket) => {
        accepted = socket;
        before(socket);
        reading = readingOf(socket);
        reading.socket.on('error', () => undefined);
        resolve();
      });
    });
    client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined);
    await arrived;
  }

  const count = () =>
    new Promise<number>((resolve) => {
      server.getConnections((_, n) => {
        resolve(n);
      });
    });

  afterEach(async () => {
    client.destroy();
    reading.socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is the same connection under another socket', async () => {
    await accept();
    expect(reading.lends).toBe(true);
    expect(reading.socket).not.toBe(accepted);
    expect(reading.socket.remotePort).toBe(client.localPort);
    expect(reading.socket.localPort).toBe((server.address() as AddressInfo).port);
    expect(reading.socket.allowHalfOpen).toBe(true);
    const heard: string[] = [];
    reading.onRead((data) => {
      expect(data.buffer).toBe(lentBuffer.buffer);
      heard.push(data.toString());
    });
    client.write('hello');
    expect(await eventually(() => heard.join('') === 'hello')).toBe(true);
    expect(reading.socket.bytesRead).toBe(5);
    reading.socket.setKeepAlive(true);
    reading.socket.setNoDelay(true);
    expect(await count()).toBe(1);
  });

  it('can be closed and forgotten: the empty socket does nothing to it, and is not counted', async () => {
    await accept();
    reading.onRead(() => undefined);
    accepted.destroy();
    await sleep(20);
    expect(await count()).toBe(1);
    client.write('still there');
    expect(await eventually(() => reading.socket.bytesRead === 11)).toBe(true);
    reading.socket.destroy();
    await once(reading.socket, 'close');
    expect(await count()).toBe(0);
  });

  it('pauses, goes on, and hears another reader from then on', async () => {
    await accept();
    const heard = ['', ''];
    reading.onRead((data) => {
      heard[0] += data.toString();
      reading.socket.pause();
    });
    client.write('one');
    expect(await eventually(() => heard[0] === 'one')).toBe(true);
    client.write('two');
    await sleep(30);
    expect(heard).toEqual(['one', '']);
    reading.onRead((data) => (heard[1] += data.toString()));
    reading.socket.resume();
    expect(await eventually(() => heard[1] === 'two')).toBe(true);
    reading.stop();
    client.write('three');
    await sleep(30);
    expect(heard).toEqual(['one', 'two']);
  });

  it('is half-closed by either side', async () => {
    await accept();
    let heard = '';
    reading.onRead((data) => (heard += data.toString()));
    let answer = '';
    client.on('data', (data: Buffer) => (answer += data.toString()));
    client.end('question');
    await once(reading.socket, 'end');
    expect(heard).toBe('question');
    const closed = once(reading.socket, 'close');
    reading.socket.end('answer');
    await once(client, 'end');
    expect(answer).toBe('answer');
    await closed;
    expect(await count()).toBe(0);
  });

  it.each(['resets', 'is reset'] as const)('%s', async (how) => {
    await accept();
    reading.onRead(() => undefined);
    if (!client.remoteAddress) await once(client, 'connect');
    const [one, other] = how === 'resets' ? [reading.socket, client] : [client, reading.socket];
    one.resetAndDestroy();
    // `once` would reject with the error that comes before.
    expect(await eventually(() => other.closed)).toBe(true);
    expect(await eventually(async () => (await count()) === 0)).toBe(true);
  });

  it.each([
    ['switched off', () => undefined, false],
    ['closed already', (socket: Socket) => socket.destroy(), true],
    ['holding bytes nobody has read', (socket: Socket) => socket.unshift(Buffer.from('early')), true],
  ] as const)('does not lend when it is %s', async (_what, before, allowed) => {
    await accept((socket) => {
      before(socket);
      allowLending(allowed);
    });
    expect(reading.lends).toBe(false);
    expect(reading.socket).toBe(accepted);
    if (accepted.destroyed) return;
    let heard = '';
    reading.onRead((data) => (heard += data.toString()));
    client.write('!');
    expect(await eventually(() => heard.endsWith('!'))).toBe(true);
    expect(heard).toBe(accepted.bytesRead === 1 && heard.length > 1 ? 'early!' : '!');
  });
});
