import { useCallback, useState } from 'react';
import type { NodeConfig, PoolConfig } from '../../../shared/model/config.ts';
import type { CheckResult } from '../../../shared/model/state.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';

/** A check tried from the form: running, its result, or why it could not be tried. */
export type Probe = { kind: 'running' } | { kind: 'done'; result: CheckResult } | { kind: 'failed'; message: string };

/** Checks at once at most, so that a pool of a thousand nodes does not open a thousand connections. */
const atOnce = 8;

export interface Probes {
  /** By node id. */
  results: ReadonlyMap<string, Probe>;
  /** Tries the form's check on each of `nodes`, saved or not. */
  run(nodes: readonly NodeConfig[], pool: PoolConfig): Promise<void>;
}

/** Checks tried before they are saved, of one pool. */
export function useProbes(): Probes {
  const client = useClient();
  const [results, setResults] = useState<ReadonlyMap<string, Probe>>(new Map());
  const run = useCallback(
    async (nodes: readonly NodeConfig[], { healthCheck, proxyProtocol }: PoolConfig) => {
      const put = (id: string, probe: Probe) => setResults((before) => new Map(before).set(id, probe));
      for (const node of nodes) put(node.id, { kind: 'running' });
      const queue = [...nodes];
      const worker = async () => {
        for (let node = queue.shift(); node; node = queue.shift()) {
          const { id } = node;
          try {
            put(id, { kind: 'done', result: await client.request('check.try', { node, healthCheck, proxyProtocol }) });
          } catch (error) {
            put(id, { kind: 'failed', message: errorMessage(error) });
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(atOnce, nodes.length) }, worker));
    },
    [client],
  );
  return { results, run };
}

/** A probe in words: "HTTP 200 in 4 ms". */
export function sayProbe(probe: Probe): string {
  if (probe.kind === 'running') return 'Trying…';
  if (probe.kind === 'failed') return probe.message;
  const { ok, detail, durationMs } = probe.result;
  return ok ? `Passed: ${detail} in ${Math.max(1, Math.round(durationMs))} ms` : `Failed: ${detail}`;
}
