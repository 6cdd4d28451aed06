import { Engine, type EngineOptions } from '../../electron/engine/engine.ts';
import type { Config } from '../../shared/model/config.ts';
import type { EngineSnapshot, NodeState } from '../../shared/model/state.ts';
import { parseConfig } from '../../shared/model/validate.ts';
import { freePorts } from './free-port.ts';
import { eventually } from './wait.ts';

type Raw = Record<string, unknown>;

/** A configuration in short: what a test does not say is filled in so that nothing happens that the test did not ask for. */
export interface HarnessConfig {
  /** `port` is filled in, `protocol` is http, `pool` the first pool. */
  listeners?: (Raw & { id: string })[];
  /** No health checks, no passive checks, no stickiness unless said; nodes are addresses or node objects. */
  pools: (Raw & { id: string; nodes: (string | Raw)[] })[];
  /** Certificates with their PEM text. */
  certificates?: readonly { id: string; certPem: string; keyPem: string }[];
}

/** @returns a whole configuration. @throws Error with every issue when it is not valid. */
export function buildConfig(short: HarnessConfig, ports: ReadonlyMap<string, number>): Config {
  const listeners = short.listeners ?? [{ id: 'web' }];
  const raw = {
    version: 1,
    certificates: (short.certificates ?? []).map(({ id, certPem, keyPem }) => ({ id, certPem, keyPem })),
    listeners: listeners.map((l) => ({ protocol: 'http', pool: short.pools[0]!.id, port: ports.get(l.id), ...l })),
    pools: short.pools.map((p) => ({
      healthCheck: { type: 'none' },
      passiveCheck: { enabled: false },
      stickiness: { type: 'none' },
      ...p,
      nodes: p.nodes.map((n, i) => (typeof n === 'string' ? { id: `n${i + 1}`, address: n } : { id: `n${i + 1}`, ...n })),
    })),
  };
  const parsed = parseConfig(raw);
  if (!parsed.config) throw new Error(parsed.issues.map((i) => `${i.path}: ${i.message}`).join('\n'));
  return parsed.config;
}

/** An engine in this process with its listeners on free ports. */
export class EngineHarness {
  readonly engine: Engine;
  readonly ports: Map<string, number>;
  config: Config;

  private constructor(engine: Engine, ports: Map<string, number>, config: Config) {
    this.engine = engine;
    this.ports = ports;
    this.config = config;
  }

  /** Starts an engine and applies the configuration. Another program may take a port first: then other ports are tried. */
  static async start(short: HarnessConfig, options?: EngineOptions): Promise<EngineHarness> {
    const ids = (short.listeners ?? [{ id: 'web' }]).map((l) => l.id);
    for (let tries = 1; ; tries++) {
      const free = await freePorts(ids.length);
      const ports = new Map(ids.map((id, i) => [id, free[i]!]));
      const config = buildConfig(short, ports);
      const engine = new Engine(options);
      try {
        await engine.apply(config);
        return new EngineHarness(engine, ports, config);
      } catch (error) {
        engine.destroy();
        if (tries === 3 || (error as { code?: string }).code !== 'LISTENER_BIND_FAILED') throw error;
      }
    }
  }

  port(listener = 'web'): number {
    const port = this.ports.get(listener);
    if (port === undefined) throw new Error(`no listener "${listener}"`);
    return port;
  }

  /** Applies another configuration; listeners keep their ports, new ones get free ones. */
  async apply(short: HarnessConfig): Promise<{ changed: string[] }> {
    for (const listener of short.listeners ?? []) {
      if (!this.ports.has(listener.id)) this.ports.set(listener.id, (await freePorts(1))[0]!);
    }
    const config = buildConfig(short, this.ports);
    const result = await this.engine.apply(config);
    this.config = config;
    return result;
  }

  /** Applies as at start: a listener that cannot be had does not fail the others. */
  async applyKeepGoing(short: HarnessConfig): Promise<void> {
    this.config = buildConfig(short, this.ports);
    await this.engine.apply(this.config, { keepGoing: true });
  }

  async snapshot(): Promise<EngineSnapshot> {
    return this.engine.snapshot();
  }

  /** One node's state. */
  async node(id = 'n1', pool?: string): Promise<NodeState> {
    const snapshot = await this.snapshot();
    const found = snapshot.pools.find((p) => pool === undefined || p.id === pool)?.nodes.find((n) => n.id === id);
    if (!found) throw new Error(`no node "${id}"`);
    return found;
  }

  /** Waits until every listener and node counts no connection. @returns what still counts some, in words; empty: none. */
  async untilQuiet(ms = 8000): Promise<string> {
    let left = '';
    await eventually(async () => {
      const snapshot = await this.snapshot();
      left = [
        ...snapshot.listeners.filter((l) => l.connections !== 0).map((l) => `listener ${l.id}: ${l.connections}`),
        ...snapshot.pools.flatMap((p) => p.nodes.filter((n) => n.connections !== 0).map((n) => `node ${p.id}/${n.id}: ${n.connections}`)),
      ].join(', ');
      return left === '';
    }, ms);
    return left;
  }

  /** Ends the engine at once. */
  stop(): void {
    this.engine.destroy();
  }
}
