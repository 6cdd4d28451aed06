import type { Config } from '../../../shared/model/config.ts';
import { EngineError } from '../errors.ts';

/**
 * Applies `config` with as many of its listeners as can be bound; the others are left disabled. For a restarted thread
 * only: there it is better to serve three listeners of four than none, while a configuration somebody applies is all or nothing.
 */
export async function applyWhatBinds(
  config: Config,
  apply: (config: Config) => Promise<unknown>,
): Promise<{ refused: { listener: string; reason: string }[] }> {
  const refused: { listener: string; reason: string }[] = [];
  const on = new Set<string>();
  const wanted = config.listeners.filter((listener) => listener.enabled);
  const part = (): Config => ({ ...config, listeners: config.listeners.map((l) => ({ ...l, enabled: on.has(l.id) })) });
  for (const listener of wanted) {
    on.add(listener.id);
    try {
      await apply(part());
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'LISTENER_BIND_FAILED')) throw error;
      on.delete(listener.id);
      refused.push({ listener: listener.id, reason: error.message });
    }
  }
  if (on.size === 0) await apply(part());
  return { refused };
}
