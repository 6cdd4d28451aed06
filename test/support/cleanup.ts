import { afterEach } from 'vitest';
import { EngineHarness, type HarnessConfig } from './engine-harness.ts';
import { RawClient } from './raw-client.ts';
import { RecorderNode, type NodeHandlers } from './recorder-node.ts';
import type { EngineOptions } from '../../electron/engine/engine.ts';

/** What a test starts through this is ended after it, last first, whether it passed or not. */
export interface Stage {
  node(handlers?: NodeHandlers, port?: number, host?: string): Promise<RecorderNode>;
  engine(config: HarnessConfig, options?: EngineOptions): Promise<EngineHarness>;
  client(harness: EngineHarness, listener?: string, from?: string): Promise<RawClient>;
  /** Ends something else with the test. */
  also(stop: () => unknown): void;
}

/** Call once at the top of a test file. */
export function useStage(): Stage {
  const stops: (() => unknown)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  return {
    async node(handlers, port, host) {
      const node = await RecorderNode.start(handlers, port, host);
      stops.push(() => node.kill());
      return node;
    },
    async engine(config, options) {
      const harness = await EngineHarness.start(config, options);
      stops.push(() => {
        harness.stop();
      });
      return harness;
    },
    async client(harness, listener, from) {
      const client = await RawClient.open(harness.port(listener), from);
      stops.push(() => {
        client.destroy();
      });
      return client;
    },
    also(stop) {
      stops.push(stop);
    },
  };
}

/** A node that answers every request with its name. */
export function named(name: string): NodeHandlers {
  return { onRequest: () => `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}` };
}
