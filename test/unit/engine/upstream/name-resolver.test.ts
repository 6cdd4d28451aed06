import { createServer, type AddressInfo, type LookupFunction, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { NameResolver, type DialAddress } from '../../../../electron/engine/upstream/name-resolver.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { eventually, sleep } from '../../../support/wait.ts';

const servers: Server[] = [];
const resolvers: NameResolver[] = [];

afterEach(() => {
  for (const resolver of resolvers.splice(0)) resolver.close();
  for (const server of servers.splice(0)) server.close();
});

interface Bench {
  clock: FakeClock;
  resolver: NameResolver;
  address: DialAddress;
  answers: { addresses: string[] | Error };
  asked: () => number;
  moves: () => number;
}

/** A name for a port that 127.0.0.1 answers on. */
async function bench(): Promise<Bench> {
  const server = createServer((socket) => socket.end());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clock = new FakeClock();
  const answers: Bench['answers'] = { addresses: ['127.0.0.1'] };
  let asked = 0;
  let moves = 0;
  const lookup: LookupFunction = (_host, _options, done) => {
    asked++;
    setImmediate(() => {
      if (answers.addresses instanceof Error) done(answers.addresses, '', 4);
      else
        done(
          null,
          answers.addresses.map((address) => ({ address, family: 4 })),
        );
    });
  };
  const resolver = new NameResolver(clock, lookup);
  resolvers.push(resolver);
  const address = resolver.watch({ host: 'node.test', port: (server.address() as AddressInfo).port }, () => moves++);
  return { clock, resolver, address, answers, asked: () => asked, moves: () => moves };
}

describe('the name resolver', () => {
  it('leaves IP addresses alone', async () => {
    const { resolver } = await bench();
    for (const host of ['127.0.0.1', '::1']) expect(resolver.watch({ host, port: 1 }, () => undefined)).toEqual({ host, port: 1 });
  });

  it('asks nothing while nothing is in use', async () => {
    const b = await bench();
    b.clock.advance(60_000);
    b.address.name!.failed();
    expect(b.asked()).toBe(0);
  });

  it('takes the first address that was connected to, and keeps it', async () => {
    const b = await bench();
    b.address.name!.connected('127.0.0.7');
    b.address.name!.connected('127.0.0.8');
    expect(b.address.name!.ip).toBe('127.0.0.7');
  });

  it('asks every ten seconds, and moves only to what accepts a connection', async () => {
    const b = await bench();
    const name = b.address.name!;
    name.connected('127.0.0.77');
    b.answers.addresses = new Error('no');
    b.clock.advance(9_999);
    expect(b.asked()).toBe(0);
    b.clock.advance(1);
    expect(b.asked()).toBe(1);
    await sleep(20);
    expect([name.ip, b.moves()]).toEqual(['127.0.0.77', 0]);
    b.answers.addresses = ['127.0.0.1'];
    b.clock.advance(10_000);
    expect(await eventually(() => name.ip === '127.0.0.1')).toBe(true);
    expect(b.moves()).toBe(1);
    await sleep(20);
    // In use and named again: nothing to do.
    b.clock.advance(10_000);
    expect(b.asked()).toBe(3);
    await sleep(20);
    expect(b.moves()).toBe(1);
  });

  it('asks at once after a failed connect, once a second at most, and one question at a time', async () => {
    const b = await bench();
    const name = b.address.name!;
    name.connected('127.0.0.77');
    for (let i = 0; i < 5; i++) name.failed();
    expect(b.asked()).toBe(1);
    expect(await eventually(() => name.ip === '127.0.0.1')).toBe(true);
    await sleep(20);
    b.clock.advance(999);
    name.failed();
    expect(b.asked()).toBe(1);
    b.clock.advance(1);
    name.failed();
    expect(b.asked()).toBe(2);
  });

  it('asks no more once nobody wants to know', async () => {
    const b = await bench();
    b.address.name!.connected('127.0.0.77');
    b.resolver.unwatch(b.address);
    b.clock.advance(30_000);
    b.address.name!.failed();
    expect(b.asked()).toBe(0);
    expect(b.address.name!.ip).toBe('127.0.0.77');
    b.resolver.close();
    expect(b.clock.pending).toBe(0);
  });
});
