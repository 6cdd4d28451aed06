import type { StoreApi } from 'zustand/vanilla';
import type { CheckResult } from '../../shared/model/state.ts';
import { nodeKey } from '../../shared/state/patch.ts';
import type { EngineView } from './engine-store.ts';

/** Checks kept of each node. */
const keep = 43;

export interface CheckHistory {
  /** The checks of a node seen since the window opened, oldest first, by `nodeKey(pool, node)`. */
  of(key: string): readonly CheckResult[];
  start(): () => void;
}

/** The engine tells only a node's last check; what this window saw of them is kept here. */
export function createCheckHistory(engine: StoreApi<EngineView>): CheckHistory {
  const checks = new Map<string, CheckResult[]>();
  const read = ({ pools }: EngineView) => {
    for (const pool of pools) {
      for (const node of pool.nodes) {
        if (!node.lastCheck) continue;
        const key = nodeKey(pool.id, node.id);
        const known = checks.get(key) ?? [];
        if (known.at(-1)?.time !== node.lastCheck.time) checks.set(key, [...known, node.lastCheck].slice(-keep));
      }
    }
  };
  const none: CheckResult[] = [];
  return {
    of: (key) => checks.get(key) ?? none,
    start: () => engine.subscribe(read),
  };
}
