import { describe, expect, it } from 'vitest';
import type { JournalFact } from '../../shared/model/journal.ts';
import { named, useStage } from '../support/cleanup.ts';
import { askOnce, get } from '../support/raw-client.ts';
import { RecorderNode } from '../support/recorder-node.ts';
import { eventually, sleep, turns } from '../support/wait.ts';

const stage = useStage();
const passive = { passiveCheck: { enabled: true, errors: 3, windowMs: 1000 } };
const answering = (status: number) => ({ onRequest: () => `HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n` });

function facts(): { list: JournalFact[]; of: (node: string) => string[]; events: { fact: (f: JournalFact) => void } } {
  const list: JournalFact[] = [];
  return {
    list,
    of: (node) => list.filter((f) => f.node === node && (f.kind === 'node.down' || f.kind === 'node.up')).map((f) => f.kind),
    events: { fact: (f) => list.push(f) },
  };
}

describe('passive checks', () => {
  it.each([500, 502, 503, 504, 507, 599])('a %i counts', async (status) => {
    const node = await stage.node(answering(status));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], ...passive }] });
    for (let i = 0; i < 3; i++) {
      expect((await harness.node()).state).toBe('up');
      expect((await askOnce(harness.port(), get())).status).toBe(status);
    }
    expect(await harness.node()).toMatchObject({
      state: 'down',
      errors: 3,
      reason: `3 failures of live traffic in 1 s (last: HTTP ${status})`,
    });
    expect((await askOnce(harness.port(), get())).status).toBe(503);
  });

  it.each([400, 404, 429, 499, 501, 505])('a %i does not', async (status) => {
    const node = await stage.node(answering(status));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], ...passive }] });
    for (let i = 0; i < 6; i++) expect((await askOnce(harness.port(), get())).status).toBe(status);
    expect(await harness.node()).toMatchObject({ state: 'up', errors: 0 });
  });

  it('failed connects count', async () => {
    const node = await RecorderNode.start();
    await node.kill();
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], retries: 0, ...passive }] });
    for (let i = 0; i < 3; i++) expect((await askOnce(harness.port(), get())).status).toBe(503);
    expect(await harness.node()).toMatchObject({ state: 'down', reason: '3 failures of live traffic in 1 s (last: connection refused)' });
  });

  it('connects and answers that take too long count', async () => {
    const silent = await stage.node({ onRequest: () => undefined });
    const harness = await stage.engine({
      pools: [{ id: 'web', nodes: [silent.address], retries: 0, ...passive, timeouts: { responseMs: 150 } }],
    });
    await Promise.all(
      [1, 2, 3].map(async () => {
        expect((await askOnce(harness.port(), get())).status).toBe(504);
      }),
    );
    expect((await harness.node()).reason).toContain('no answer within 150 ms');
    const far = await stage.engine(
      {
        pools: [
          { id: 'web', nodes: ['never.test:9'], retries: 0, passiveCheck: { enabled: true, errors: 1 }, timeouts: { connectMs: 150 } },
        ],
      },
      // A name that is never resolved: a connect that never ends.
      { lookup: () => undefined },
    );
    expect((await askOnce(far.port(), get())).status).toBe(503);
    expect((await far.node()).reason).toContain('no connection within 150 ms');
  });

  it('answers that break off or are not HTTP count', async () => {
    for (const parts of [['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'], ['nonsense\r\n\r\n'], []]) {
      const node = await stage.node({ onRequest: () => ({ parts, then: 'end' }) });
      const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], retries: 0, ...passive }] });
      for (let i = 0; i < 3; i++) await askOnce(harness.port(), get()).catch(() => undefined);
      expect([parts, (await harness.node()).state]).toEqual([parts, 'down']);
    }
  });

  it('an answer that stops half-way counts, unless it is the client who takes no more', async () => {
    const node = await stage.node({
      onRequest: (request) =>
        `HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n${'x'.repeat(request.target === '/much' ? 20_000_000 : 4)}`,
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', timeouts: { idleMs: 200 } }],
      pools: [{ id: 'web', nodes: [node.address], passiveCheck: { enabled: true, errors: 1 } }],
    });
    const full = await stage.client(harness);
    full.socket.pause();
    full.write(get('/much'));
    expect(await eventually(async () => (await harness.node()).connections === 1)).toBe(true);
    expect(await eventually(async () => (await harness.node()).connections === 0, 3000)).toBe(true);
    expect(await harness.node()).toMatchObject({ state: 'up', errors: 0 });
    const stalled = await stage.client(harness);
    stalled.write(get());
    expect(await stalled.untilClosed(2000)).not.toBe('open');
    expect((await harness.node()).reason).toContain('no further byte of its answer within 200 ms');
  });

  it('a client that goes away never counts', async () => {
    const slow = await stage.node({
      onRequest: async (request) => {
        await sleep(50);
        return request.target === '/big' ? `HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n${'x'.repeat(100_000)}` : undefined;
      },
    });
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [slow.address], passiveCheck: { enabled: true, errors: 1 } }] });
    for (const path of ['/waits', '/big']) {
      for (const how of ['reset', 'destroy'] as const) {
        const client = await stage.client(harness);
        client.write(get(path));
        await eventually(() => slow.requests.length > 0);
        if (path === '/big') await client.until(() => client.size > 1000);
        client[how]();
        await turns(10);
        slow.clear();
      }
    }
    const half = await stage.client(harness);
    half.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
    await eventually(() => slow.size > 0);
    half.reset();
    await turns(10);
    const broken = await stage.client(harness);
    broken.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n');
    expect((await broken.answer('POST')).status).toBe(400);
    expect(await harness.node()).toMatchObject({ state: 'up', errors: 0 });
  });

  it('failures further apart than the window do not add up', async () => {
    const node = await stage.node(answering(500));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], ...passive }] });
    await askOnce(harness.port(), get());
    await askOnce(harness.port(), get());
    await sleep(1050);
    await askOnce(harness.port(), get());
    await askOnce(harness.port(), get());
    expect((await harness.node()).state).toBe('up');
  });

  it('switched off, nothing counts', async () => {
    const node = await stage.node(answering(500));
    const harness = await stage.engine({ pools: [{ id: 'web', nodes: [node.address], passiveCheck: { enabled: false, errors: 1 } }] });
    for (let i = 0; i < 5; i++) await askOnce(harness.port(), get());
    expect(await harness.node()).toMatchObject({ state: 'up', errors: 5 });
  });

  it('tcp: failed connects count, a session that ends badly does not', async () => {
    const node = await stage.node({
      onBytes: (_, c) => {
        c.socket.resetAndDestroy();
      },
    });
    const harness = await stage.engine({
      listeners: [{ id: 'web', protocol: 'tcp' }],
      pools: [{ id: 'web', nodes: [node.address], ...passive, retries: 0 }],
    });
    for (let i = 0; i < 5; i++) {
      const client = await stage.client(harness);
      client.write('x');
      expect(await client.untilClosed()).not.toBe('open');
    }
    expect((await harness.node()).state).toBe('up');
    await node.kill();
    for (let i = 0; i < 3; i++) {
      const client = await stage.client(harness);
      expect(await client.untilClosed()).not.toBe('open');
    }
    expect((await harness.node()).state).toBe('down');
  });
});

describe('recovery after passive checks', () => {
  it('without active checks: on trial after the window, and back with the first good answer', async () => {
    let status = 500;
    const bad = await stage.node({ onRequest: () => `HTTP/1.1 ${status} X\r\nContent-Length: 3\r\n\r\nbad` });
    const good = await stage.node(named('good'));
    const journal = facts();
    const harness = await stage.engine(
      { pools: [{ id: 'web', nodes: [bad.address, good.address], ...passive }] },
      { events: journal.events },
    );
    const ask = async () => (await askOnce(harness.port(), get())).body.toString();
    for (let i = 0; i < 6; i++) await ask();
    expect((await harness.node()).state).toBe('down');
    for (let i = 0; i < 4; i++) expect(await ask()).toBe('good');
    expect(await eventually(async () => (await harness.node()).state === 'checking', 2000)).toBe(true);
    // Still bad: one answer is enough.
    expect([await ask(), await ask()].sort()).toEqual(['bad', 'good']);
    expect((await harness.node()).state).toBe('down');
    expect(journal.of('n1')).toEqual(['node.down']);
    status = 200;
    expect(await eventually(async () => (await harness.node()).state === 'checking', 2000)).toBe(true);
    await ask();
    await ask();
    expect((await harness.node()).state).toBe('up');
    expect(journal.of('n1')).toEqual(['node.down', 'node.up']);
  });

  it('with active checks: the checks bring it back', async () => {
    let status = 500;
    const node = await stage.node({
      onRequest: (request) => `HTTP/1.1 ${request.target === '/healthz' ? 200 : status} X\r\nContent-Length: 0\r\n\r\n`,
    });
    const journal = facts();
    const harness = await stage.engine(
      {
        pools: [
          {
            id: 'web',
            nodes: [node.address],
            ...passive,
            healthCheck: { type: 'http', path: '/healthz', intervalMs: 500, timeoutMs: 200, attempts: 2, rise: 2 },
          },
        ],
      },
      { events: journal.events },
    );
    expect(await eventually(async () => (await harness.node()).state === 'up')).toBe(true);
    for (let i = 0; i < 3; i++) await askOnce(harness.port(), get());
    expect((await harness.node()).state).toBe('down');
    status = 200;
    expect(await eventually(async () => (await harness.node()).state === 'up', 3000)).toBe(true);
    expect((await askOnce(harness.port(), get())).status).toBe(200);
    expect(journal.of('n1')).toEqual(['node.up', 'node.down', 'node.up']);
    expect(journal.list.filter((f) => f.kind === 'node.down').every((f) => f.pool === 'web' && f.reason!.length > 0)).toBe(true);
  });

  it('a node taken out by hand, or moved, begins anew', async () => {
    const bad = await stage.node(answering(500));
    const config = (mode: string, address = bad.address) => ({ pools: [{ id: 'web', nodes: [{ id: 'a', address, mode }], ...passive }] });
    const harness = await stage.engine(config('accept'));
    for (let i = 0; i < 3; i++) await askOnce(harness.port(), get());
    expect((await harness.node('a')).state).toBe('down');
    await harness.apply(config('reject'));
    await harness.apply(config('accept'));
    expect((await harness.node('a')).state).toBe('up');
    for (let i = 0; i < 3; i++) await askOnce(harness.port(), get());
    expect((await harness.node('a')).state).toBe('down');
    const good = await stage.node(named('good'));
    await harness.apply(config('accept', good.address));
    expect((await askOnce(harness.port(), get())).body.toString()).toBe('good');
  });
});
