import type { NodeMode } from '../../../shared/model/config.ts';
import { nodeKey } from '../../../shared/state/patch.ts';
import { useModes, useStores } from '../../stores/context.tsx';

interface SetMode {
  /** The mode asked for and not yet seen. */
  pending: NodeMode | null;
  /** Why the last change was refused; empty when it was not. */
  error: string;
  set: (mode: NodeMode) => void;
  /** What setting a mode would do, in words. */
  effect: (mode: NodeMode) => string;
}

/** A node's mode as the owner changes it. */
export function useSetMode(pool: string, node: string): SetMode {
  const { modes } = useStores();
  const key = nodeKey(pool, node);
  const pending = useModes((s) => s.pending.get(key) ?? null);
  const error = useModes((s) => s.errors.get(key) ?? '');
  return { pending, error, set: (mode) => modes.set(pool, node, mode), effect: (mode) => modes.effect(pool, node, mode) };
}
