import { afterEach, expect, it } from 'vitest';
import { EngineError } from '../../../electron/engine/errors.ts';
import { EngineHost } from '../../../electron/engine/thread/host.ts';
import { engineWorkerUrl } from '../../../electron/engine/thread/worker-url.ts';
import { ContractError } from '../../../shared/contract/envelope.ts';
import { emptyConfig, type Config } from '../../../shared/model/config.ts';
import type { JournalFact } from '../../../shared/model/journal.ts';
import { parseConfig } from '../../../shared/model/validate.ts';

const hosts: EngineHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.destroy()));
});

function hostOf(options: ConstructorParameters<typeof EngineHost>[0] = {}) {
  const host = new EngineHost({
    workerUrl: new URL('./fake-worker.ts', import.meta.url),
    backoffMs: { first: 20, longest: 80 },
    ...options,
  });
  const facts: JournalFact[] = [];
  host.subscribe({ fact: (fact) => facts.push(fact) });
  hosts.push(host);
  return { host, facts };
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as Error & { code: string },
  );

it.each(['throw', 'exit'])('starts a thread that died (%s) anew, with the same configuration and key', async (how) => {
  const { host, facts } = hostOf();
  await host.apply({ ...emptyConfig });
  const before = (await host.snapshot()) as unknown as { key: string };
  const other = host.listClients({ search: 'never' });
  const dying = failureOf(host.listClients({ search: how }));
  expect(await failureOf(other)).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  expect(await dying).toBeInstanceOf(ContractError);
  expect(await host.snapshot()).toMatchObject({ epoch: 2, seq: 1, key: before.key });
  expect(host.restarts).toBe(1);
  expect(facts.map((fact) => fact.kind)).toEqual(['engine.started', 'listener.up', 'engine.restarted', 'listener.up']);
  expect(facts[2]?.reason).toContain(how === 'throw' ? 'boom' : 'code 7');
});

it('ends a thread that hangs', async () => {
  const { host } = hostOf({ hangMs: 1_500 });
  await host.snapshot();
  expect((await failureOf(host.listClients({ search: 'hang' })))?.message).toContain('did not answer for 1.5 s');
  // A busy machine may take longer than that to start one.
  expect((await host.snapshot()).epoch).toBeGreaterThan(1);
});

it('keeps to the last configuration the engine took when one kills it', async () => {
  const { host, facts } = hostOf();
  const good = parseConfig({ version: 1, listeners: [{ id: 'web', port: 9, protocol: 'tcp', pool: 'p' }], pools: [{ id: 'p' }] }).config!;
  await host.apply(good);
  expect(await failureOf(host.apply({ ...good, poison: true } as Config))).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  expect(await host.snapshot()).toMatchObject({ epoch: 2, seq: 1 });
  expect(facts.at(-1)).toMatchObject({ kind: 'listener.up', reason: 'web' });
});

it('gives a new thread the faults the old one made up, but for those of nodes that are gone', async () => {
  const { host } = hostOf();
  const withNodes = (...nodes: string[]) =>
    parseConfig({ version: 1, pools: [{ id: 'p', nodes: nodes.map((id, i) => ({ id, address: `127.0.0.1:${1000 + i}` })) }] }).config!;
  const refuses = (node: string) => ({ pool: 'p', node, fault: { type: 'refuse' as const } });
  await host.apply(withNodes('a', 'b'));
  await host.setFaults([refuses('a'), refuses('b')]);
  await host.apply(withNodes('b'));
  await failureOf(host.listClients({ search: 'throw' }));
  expect(await host.snapshot()).toMatchObject({ epoch: 2, faults: [refuses('b')] });
});

it('gives a new thread no checks either while they are held back', async () => {
  const { host } = hostOf();
  await host.apply(parseConfig({ version: 1, pools: [{ id: 'p' }] }).config!);
  await host.holdChecks(true);
  await failureOf(host.listClients({ search: 'throw' }));
  expect(await host.snapshot()).toMatchObject({ epoch: 2, held: true });
  await host.holdChecks(false);
  expect(await host.snapshot()).toMatchObject({ epoch: 2, held: false });
});

it('serves what can still be bound after a restart', async () => {
  const { host, facts } = hostOf();
  const listener = (id: string, port: number) => ({ id, port, protocol: 'tcp', pool: 'p' });
  const config = parseConfig({
    version: 1,
    listeners: [listener('one', 1), listener('two', 2), listener('three', 3)],
    pools: [{ id: 'p' }],
  }).config!;
  await host.apply(config);
  await failureOf(host.listClients({ search: 'exit' }));
  await host.snapshot();
  expect(facts.filter((fact) => fact.kind === 'listener.up').at(-1)?.reason).toBe('two,three');
});

it('gives up waiting for a thread that does not start', async () => {
  const problems: string[] = [];
  const { host } = hostOf({
    workerUrl: new URL('./no-such-worker.ts', import.meta.url),
    waitMs: 2_000,
    onProblem: (m) => problems.push(m),
  });
  expect(await failureOf(host.snapshot())).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  expect(problems.length).toBeGreaterThan(1);
  // Each try waits longer than the one before, up to backoffMs.longest: without that there would be hundreds.
  expect(problems.length).toBeLessThan(28);
});

it('passes failures on with their codes', async () => {
  const { host } = hostOf();
  const error = await failureOf(host.listClients({ search: 'bug' }));
  expect(error).not.toBeInstanceOf(ContractError);
  expect(error?.message).toBe('undefined is not a function');
});

it('closes once, and says so afterwards', async () => {
  const { host } = hostOf();
  await host.snapshot();
  expect(await Promise.all([host.close(), host.close()])).toEqual([{ cut: 3 }, { cut: 3 }]);
  expect(await failureOf(host.snapshot())).toBeInstanceOf(EngineError);
  expect(await new EngineHost().close()).toEqual({ cut: 0 });
});

it('finds the worker beside the source, the bundle, or above its chunks', () => {
  expect(engineWorkerUrl('file:///a/engine/thread/worker-url.ts').pathname).toBe('/a/engine/thread/worker.ts');
  expect(engineWorkerUrl('file:///a/out/main/chunks/run-1234.js').pathname).toBe('/a/out/main/engine-worker.js');
});
