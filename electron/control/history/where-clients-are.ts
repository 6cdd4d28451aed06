import type { EngineApi } from '../../engine/api.ts';
import type { Run } from '../../../shared/model/run.ts';

/** Clients a run or a record of the history names at most; of more, those that asked last. */
export const maxClients = 5_000;
const pageSize = 1_000;

/** Where each client is, the last seen first. @throws what the engine throws. */
export async function whereClientsAre(engine: Pick<EngineApi, 'listClients'>): Promise<Run['clients']> {
  const places: Run['clients'] = [];
  while (places.length < maxClients) {
    const { clients } = await engine.listClients({ sort: 'lastSeen', order: 'desc', offset: places.length, limit: pageSize });
    for (const { pool, key, node } of clients) places.push({ pool, key, node });
    if (clients.length < pageSize) break;
  }
  return places;
}
