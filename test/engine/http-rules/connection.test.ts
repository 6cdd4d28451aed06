import { afterEach, describe, expect, it } from 'vitest';
import { EngineHarness } from '../../support/engine-harness.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RawClient, get } from '../../support/raw-client.ts';
import { okAnswer, RecorderNode, type NodeConnection } from '../../support/recorder-node.ts';
import { readAnswers, value, values } from '../../support/strict-http.ts';
import { eventually, sleep, turns } from '../../support/wait.ts';

/** What goes on over time on one connection: timeouts, order, early answers, aborts, half-closed clients. */

const started: { stop: () => unknown }[] = [];

afterEach(async () => {
  for (const thing of started.splice(0).reverse()) await thing.stop();
});

async function node(handlers?: RecorderNode['handlers']): Promise<RecorderNode> {
  const made = await RecorderNode.start(handlers);
  started.push({ stop: () => made.kill() });
  return made;
}

interface Options {
  timeouts?: Record<string, number>;
  poolTimeouts?: Record<string, number>;
  retries?: number;
  clock?: FakeClock;
}

async function engineFor(nodes: RecorderNode[], options: Options = {}): Promise<EngineHarness> {
  const harness = await EngineHarness.start(
    {
      listeners: [{ id: 'web', timeouts: options.timeouts ?? {} }],
      pools: [{ id: 'web', nodes: nodes.map((n) => n.address), retries: options.retries ?? 0, timeouts: options.poolTimeouts ?? {} }],
    },
    options.clock && { clock: options.clock },
  );
  started.push(harness);
  return harness;
}

async function client(harness: EngineHarness): Promise<RawClient> {
  const made = await RawClient.open(harness.port());
  started.push({
    stop: () => {
      made.destroy();
    },
  });
  return made;
}

const post = (...fields: string[]) => ['POST /zq7 HTTP/1.1', 'Host: zq7.test', ...fields, '', ''].join('\r\n');

describe('row 18: time', () => {
  it('answers 408 to half a head and closes', async () => {
    const n = await node();
    const harness = await engineFor([n], { timeouts: { requestHeadMs: 300 } });
    for (const half of ['G', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nX: y', 'GET / HTTP/1.1\nHost: a\n\n', '\r\n\r\nGET']) {
      const c = await client(harness);
      c.write(half);
      const answer = await c.answer();
      expect([400, 408], half).toContain(answer.status);
      if (!half.includes('1.1\n')) expect(answer.status, half).toBe(408);
      expect(value(answer.fields, 'connection')).toBe('close');
      expect(await c.untilClosed()).not.toBe('open');
    }
    expect(n.size).toBe(0);
  });

  it('is not put off by a client that trickles', async () => {
    const n = await node();
    const clock = new FakeClock();
    const harness = await engineFor([n], { timeouts: { requestHeadMs: 400 }, clock });
    const c = await client(harness);
    c.write('GET / HTTP/1.1\r\nHost: a\r\n');
    for (let waited = 0; waited < 600; waited += 50) {
      if (waited < 400) expect(c.size).toBe(0);
      c.write('X: y\r\n');
      await turns();
      clock.advance(50);
      await turns();
    }
    expect((await c.answer()).status).toBe(408);
    expect(n.size).toBe(0);
  });

  it('counts the head of a second request from its first byte', async () => {
    const n = await node();
    const harness = await engineFor([n], { timeouts: { requestHeadMs: 400, idleMs: 5000 } });
    const c = await client(harness);
    expect((await c.ask(get())).status).toBe(200);
    await sleep(600);
    expect(c.fate).toBe('open');
    expect((await c.ask(get())).status).toBe(200);
    c.forget();
    c.write('GET / HT');
    expect((await c.answer()).status).toBe(408);
  });

  it('closes an idle keep-alive connection without a word', async () => {
    const n = await node();
    const harness = await engineFor([n], { timeouts: { idleMs: 300 } });
    const c = await client(harness);
    expect((await c.ask(get())).status).toBe(200);
    c.forget();
    expect(await c.untilClosed(2000)).toBe('ended');
    expect(c.size).toBe(0);
  });

  it('gives up a connection that never sends a byte', async () => {
    const n = await node();
    const harness = await engineFor([n], { timeouts: { requestHeadMs: 300, idleMs: 300 } });
    const c = await client(harness);
    expect(await c.untilClosed(2500)).not.toBe('open');
    expect(['', 'HTTP/1.1 408']).toContain(c.received.toString('latin1').slice(0, 12));
  });

  it('gives up a stalled body: 408 or a cut, and the node never sees a whole message', async () => {
    const n = await node();
    const harness = await engineFor([n], { timeouts: { idleMs: 300 } });
    for (const body of [
      'Content-Length: 10\r\n\r\nhello',
      'Transfer-Encoding: chunked\r\n\r\n5\r\nhel',
      'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n',
    ]) {
      n.clear();
      const c = await client(harness);
      c.write(`POST / HTTP/1.1\r\nHost: a\r\n${body}`);
      expect(await c.untilClosed(3000), body).not.toBe('open');
      const { answers } = readAnswers(c.received, [], c.fate === 'ended');
      if (answers.length > 0) expect(answers[0]!.status).toBe(408);
      expect(n.requests, body).toEqual([]);
      expect(await eventually(() => n.connections.every((x) => x.size === 0 || x.ended))).toBe(true);
    }
  });

  it('lets a slow body pass as long as bytes come', async () => {
    const n = await node();
    const clock = new FakeClock();
    const harness = await engineFor([n], { timeouts: { idleMs: 300, requestHeadMs: 300 }, clock });
    const c = await client(harness);
    c.write(post('Content-Length: 10'));
    expect(await eventually(() => n.size > 0)).toBe(true);
    for (let i = 0; i < 10; i++) {
      clock.advance(200);
      const before = n.size;
      c.write('x');
      expect(await eventually(() => n.size > before || n.requests.length > 0)).toBe(true);
    }
    expect((await c.answer('POST')).status).toBe(200);
    expect(n.requests[0]!.body.toString()).toBe('xxxxxxxxxx');
  });

  it('answers 504 when a node takes longer than its time', async () => {
    const n = await node({ onRequest: () => undefined });
    const harness = await engineFor([n], { poolTimeouts: { responseMs: 300 } });
    const c = await client(harness);
    const answer = await c.ask(get());
    expect(answer.status).toBe(504);
    expect(await n.untilIdle()).toBe(true);
  });
});

describe('row 19: pipelining', () => {
  it('answers in order, with one request at a node at a time', async () => {
    let inFlight = 0;
    let most = 0;
    const onRequest = async (request: { target: string }) => {
      most = Math.max(most, ++inFlight);
      await sleep(Number(request.target.slice(1)));
      inFlight--;
      return `HTTP/1.1 200 OK\r\nContent-Length: ${request.target.length}\r\n\r\n${request.target}`;
    };
    const harness = await engineFor([await node({ onRequest }), await node({ onRequest })]);
    const c = await client(harness);
    const targets = ['/60', '/1', '/30', '/2', '/10'];
    c.write(targets.map((t) => get(t)).join(''));
    const answers = await c.answers(5);
    expect(answers.map((a) => a.body.toString())).toEqual(targets);
    expect(most).toBe(1);
  });

  it('takes 200 requests in one write', async () => {
    const harness = await engineFor([await node()]);
    const c = await client(harness);
    c.write(get().repeat(200));
    expect((await c.answers(200)).every((a) => a.status === 200)).toBe(true);
  });
});

describe('row 21: Expect: 100-continue', () => {
  it('passes the 100 of the node on, then the body', async () => {
    const n = await node({ onRequest: () => okAnswer });
    n.handlers.onConnection = (connection) => {
      connection.socket.once('data', () => {
        connection.send('HTTP/1.1 100 Continue\r\n\r\n');
      });
    };
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write(post('Expect: 100-continue', 'Content-Length: 5'));
    expect(await c.until(() => c.received.includes('\r\n\r\n'))).toBe(true);
    expect(c.received.toString()).toMatch(/^HTTP\/1\.1 100 /);
    expect(values((await lastHead(n)).fields, 'expect')).toEqual(['100-continue']);
    c.write('hello');
    const answers = await c.answers(1, ['POST']);
    expect(answers.map((a) => a.status)).toEqual([100, 200]);
    expect(n.requests[0]!.body.toString()).toBe('hello');
  });

  it('passes a refusal on without the body', async () => {
    const n = await node();
    n.handlers.onConnection = (connection) => {
      connection.socket.once('data', () => {
        connection.send('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
      });
    };
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write(post('Expect: 100-continue', 'Content-Length: 5'));
    expect((await c.answer('POST')).status).toBe(413);
    // The body was never sent, so neither connection can say where the next message begins.
    expect(await c.untilClosed()).not.toBe('open');
    expect(await n.untilIdle()).toBe(true);
  });

  it('does not wait for ever for a body that does not come', async () => {
    const n = await node();
    n.handlers.onConnection = (connection) => {
      connection.socket.once('data', () => {
        connection.send('HTTP/1.1 100 Continue\r\n\r\n');
      });
    };
    const harness = await engineFor([n], { timeouts: { idleMs: 300 } });
    const c = await client(harness);
    c.write(post('Expect: 100-continue', 'Content-Length: 5'));
    expect(await c.untilClosed(3000)).not.toBe('open');
    expect(await n.untilIdle()).toBe(true);
    expect(n.requests).toEqual([]);
  });
});

/** The head of what a node is just reading, the body aside. */
async function lastHead(n: RecorderNode): Promise<{ fields: [string, string][] }> {
  await eventually(() => n.connections.some((c) => c.bytes.includes('\r\n\r\n')));
  const text = n.connections.at(-1)!.bytes.toString('latin1').split('\r\n\r\n')[0]!;
  const fields = text
    .split('\r\n')
    .slice(1)
    .map((l): [string, string] => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 1).trim()]);
  return { fields };
}

describe('row 25: an answer before the end of the request', () => {
  const early = (answer: string) => (connection: NodeConnection) => {
    connection.socket.once('data', () => {
      connection.send(answer);
    });
  };

  it('is passed on, and both connections are closed when the body does not end', async () => {
    const n = await node();
    n.handlers.onConnection = early('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig');
    const harness = await engineFor([n], { timeouts: { idleMs: 500 } });
    const c = await client(harness);
    c.write(`${post('Content-Length: 1000000')}some`);
    const answer = await c.answer('POST');
    expect(answer.status).toBe(413);
    expect(answer.body.toString()).toBe('big');
    expect(await c.untilClosed()).not.toBe('open');
    expect(await n.untilIdle()).toBe(true);
  });

  it('is not lost when the client goes on sending a large body', async () => {
    let answered = false;
    const n = await node({
      onBytes: (_, connection) => {
        if (!answered) connection.send('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig');
        answered = true;
      },
    });
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write(post('Content-Length: 8000000'));
    const piece = Buffer.alloc(100_000, 'x');
    for (let i = 0; i < 80 && c.fate === 'open'; i++) {
      c.write(piece);
      await turns(1);
    }
    expect((await c.answer('POST')).status).toBe(413);
  });

  it('leaves both in order when the body ends in order', async () => {
    const n = await node({ onRequest: () => undefined });
    n.handlers.onConnection = early(okAnswer);
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write(`${post('Content-Length: 10')}hello`);
    expect((await c.answer('POST')).status).toBe(200);
    c.write('world');
    expect(await eventually(() => n.requests.length === 1 || c.fate !== 'open')).toBe(true);
    // Either went on in good order or closed: never half a message taken for a whole one, never the rest read as a request.
    await sleep(100);
    expect(n.connections.every((x) => x.malformed === undefined)).toBe(true);
    expect(readAnswers(c.received, ['POST'], true).answers.map((a) => a.status)).toEqual([200]);
  });

  it('is read from a node that closes at once', async () => {
    const n = await node();
    n.handlers.onConnection = (connection) => {
      connection.socket.once('data', () => {
        connection.send('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig');
        connection.socket.end();
      });
    };
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write(`${post('Content-Length: 100000')}some`);
    expect((await c.answer('POST')).status).toBe(413);
  });
});

describe('row 27: a client that goes away', () => {
  it.each(['destroy', 'reset'] as const)('in the middle of its body (%s): the node never takes the message for whole', async (how) => {
    const n = await node();
    const harness = await engineFor([n]);
    for (const start of [
      `${post('Content-Length: 10')}hello`,
      `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n`,
      `${post('Transfer-Encoding: chunked')}5\r\nhe`,
    ]) {
      n.clear();
      const c = await client(harness);
      c.write(start);
      expect(await eventually(() => n.size > 0)).toBe(true);
      c[how]();
      expect(await n.untilIdle()).toBe(true);
      expect(n.requests).toEqual([]);
    }
    expect(await harness.untilQuiet()).toBe('');
    expect((await harness.node()).errors).toBe(0);
  });

  it('while the node works: nothing is counted against the node', async () => {
    const n = await node({ onRequest: () => undefined });
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write(get());
    expect(await eventually(() => n.requests.length === 1)).toBe(true);
    c.reset();
    expect(await harness.untilQuiet()).toBe('');
    expect(await n.untilIdle()).toBe(true);
    expect((await harness.node()).errors).toBe(0);
  });

  it('while the node works, in good order: the answer finds nobody and is dropped', async () => {
    const n = await node({
      onRequest: async () => {
        await sleep(150);
        return okAnswer;
      },
    });
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write(get());
    expect(await eventually(() => n.requests.length === 1)).toBe(true);
    // FIN: until the answer comes this cannot be told from a client that has only shut down its writing side.
    c.destroy();
    expect(await harness.untilQuiet()).toBe('');
    expect((await harness.node()).errors).toBe(0);
  });

  it('in the middle of an answer', async () => {
    const n = await node({ onRequest: () => `HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello` });
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write(get());
    expect(await c.until(() => c.received.includes('hello'))).toBe(true);
    c.reset();
    expect(await harness.untilQuiet()).toBe('');
    expect(await n.untilIdle()).toBe(true);
    expect((await harness.node()).errors).toBe(0);
  });

  it('in the middle of a head: nothing reaches a node', async () => {
    const n = await node();
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write('GET / HTTP/1.1\r\nHost: a\r\n');
    await turns();
    c.end();
    expect(await c.untilClosed()).not.toBe('open');
    expect(n.size).toBe(0);
    expect(await harness.untilQuiet()).toBe('');
  });
});

describe('row 28: a client that has shut down its writing side', () => {
  it('still gets its answer', async () => {
    const n = await node({
      onRequest: async () => {
        await sleep(150);
        return okAnswer;
      },
    });
    const harness = await engineFor([n]);
    for (const request of [
      get(),
      `${post('Content-Length: 5')}hello`,
      `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
      get().repeat(3),
    ]) {
      const c = await client(harness);
      c.write(request);
      c.end();
      const count = request.startsWith('GET') ? request.split('GET').length - 1 : 1;
      expect((await c.answers(count)).every((a) => a.status === 200)).toBe(true);
      expect(await c.untilClosed()).toBe('ended');
    }
    expect(await harness.untilQuiet()).toBe('');
  });

  it('still gets a long answer whole', async () => {
    const body = Buffer.alloc(3_000_000, 'b');
    const n = await node({
      onRequest: () => ({ parts: ['HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n', body] }),
    });
    const harness = await engineFor([n]);
    const c = await client(harness);
    c.write(get());
    c.end();
    expect((await c.answer('GET', 5000)).body.equals(body)).toBe(true);
  });
});

describe('row 31: connections that belong to one client', () => {
  it.each(['NTLM', 'Negotiate'])('a node connection authenticated by %s serves no other client', async (scheme) => {
    const owner = new Map<number, string>();
    let shared = '';
    const n = await node({
      onRequest: (request, connection) => {
        const who = values(request.fields, 'x-client')[0]!;
        const before = owner.get(connection.number);
        if (before !== undefined && before !== who) shared = `connection ${connection.number}: ${before}, then ${who}`;
        if (values(request.fields, 'authorization').length > 0) owner.set(connection.number, who);
        return values(request.fields, 'authorization').length > 0
          ? okAnswer
          : `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${scheme}\r\nContent-Length: 0\r\n\r\n`;
      },
    });
    const harness = await engineFor([n]);
    for (let i = 0; i < 5; i++) {
      const a = await client(harness);
      expect((await a.ask(get('/', 'X-Client: a'))).status).toBe(401);
      expect((await a.ask(get('/', 'X-Client: a', `Authorization: ${scheme} TlRMTVNTUAAB`))).status).toBe(200);
      const b = await client(harness);
      await b.ask(get('/', 'X-Client: b'));
      a.destroy();
      await turns(6);
      await b.ask(get('/', 'X-Client: b'));
      b.destroy();
    }
    expect(shared).toBe('');
  });

  it.each(['NTLM', 'Negotiate'])('nor later, when requests on it say nothing of %s any more', async (scheme) => {
    const owner = new Map<number, string>();
    const seen: string[] = [];
    const n = await node({
      onRequest: (request, connection) => {
        const who = values(request.fields, 'x-client')[0]!;
        if (values(request.fields, 'authorization').length > 0) owner.set(connection.number, who);
        seen.push(`${who} as ${owner.get(connection.number) ?? 'nobody'}`);
        return okAnswer;
      },
    });
    const harness = await engineFor([n]);
    const a = await client(harness);
    await a.ask(get('/', 'X-Client: a', `Authorization: ${scheme} TlRMTVNTUAAB`));
    await a.ask(get('/', 'X-Client: a'));
    await a.ask(get('/', 'X-Client: a'));
    const b = await client(harness);
    await b.ask(get('/', 'X-Client: b'));
    await a.ask(get('/', 'X-Client: a'));
    a.destroy();
    await turns(6);
    await b.ask(get('/', 'X-Client: b'));
    expect(seen).toEqual(['a as a', 'a as a', 'a as a', 'b as nobody', 'a as a', 'b as nobody']);
  });

  it('ends when its node gets another address, at once if it is idle and after its request if it is not', async () => {
    let go: (() => void) | undefined;
    const held = async () => {
      await new Promise<void>((resolve) => (go = resolve));
      return okAnswer;
    };
    const [before, after] = [
      await node({ onRequest: ({ target }) => (target === '/held' ? held() : okAnswer) }),
      await node({ onRequest: () => 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew' }),
    ];
    const harness = await engineFor([before]);
    const auth = 'Authorization: NTLM TlRMTVNTUAAB';
    const [idle, busy] = [await client(harness), await client(harness)];
    await idle.ask(get('/', auth));
    await busy.ask(get('/', auth));
    busy.forget();
    busy.write(get('/held', auth));
    expect(await eventually(() => go !== undefined)).toBe(true);
    expect(before.open).toBe(2);
    await harness.apply({ pools: [{ id: 'web', nodes: [after.address] }] });
    expect(await eventually(() => before.open === 1)).toBe(true);
    go!();
    expect((await busy.answer()).body.toString()).toBe('ok');
    expect(await before.untilIdle()).toBe(true);
    for (const one of [idle, busy]) {
      one.forget();
      expect((await one.ask(get('/', auth))).body.toString()).toBe('new');
    }
    // A client that leaves takes its connection with it.
    idle.destroy();
    busy.destroy();
    expect(await after.untilIdle()).toBe(true);
  });

  it('a node connection is not used again after an answer that was not read to its end', async () => {
    const n = await node({ onRequest: () => 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf' });
    const harness = await engineFor([n]);
    const a = await client(harness);
    a.write(get());
    await a.until(() => a.received.includes('half'));
    a.destroy();
    await turns(6);
    n.handlers = { onRequest: () => okAnswer };
    const b = await client(harness);
    expect((await b.ask(get())).body.toString()).toBe('ok');
    expect(n.connections.find((c) => c.number === 1)?.requests.length ?? 1).toBe(1);
  });
});

describe('row 26: a node that speaks while idle', () => {
  it('is never heard: the connection is closed and another is opened', async () => {
    const n = await node();
    const harness = await engineFor([n]);
    const c = await client(harness);
    expect((await c.ask(get())).body.toString()).toBe('ok');
    n.connections[0]!.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
    expect(await eventually(() => n.connections[0]!.ended)).toBe(true);
    expect((await c.ask(get())).body.toString()).toBe('ok');
    expect(n.accepted).toBe(2);
  });

  it('a node that closes its idle connections costs no request', async () => {
    const n = await node();
    const harness = await engineFor([n]);
    const c = await client(harness);
    for (let i = 0; i < 20; i++) {
      expect((await c.ask(get())).status).toBe(200);
      for (const connection of n.connections) connection.socket.end();
      await sleep(5);
    }
  });
});
