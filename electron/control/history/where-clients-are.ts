import type { EngineApi } from '../../engine/api.ts';
import type { Run } from '../../../shared/model/run.ts';

/** Clients a run or a record of the history names at most; of more, those that asked last. */
export const maxClients = 5_000;

/**
 * Where each client is, the last seen first. One question: pages would each sort the whole table again, and miss who asked in between.
 * @throws what the engine throws.
 */
export async function whereClientsAre(engine: Pick<EngineApi, 'listClients'>): Promise<Run['clients']> {
  const { clients } = await engine.listClients({ sort: 'lastSeen', order: 'desc', limit: maxClients });
  return clients.map(({ pool, key, node }) => ({ pool, key, node }));
}
