import type { Client, ClientCounts } from '../../../shared/model/metrics.ts';
import { placedWords } from '../../ui/placed-words.ts';

export type Arrivals = ClientCounts['arrivals'];

/** How these clients came to their node, as the engine counts it: who moved by the reason, the others by how they were placed. */
export function arrivalsOf(clients: readonly Client[]): Arrivals {
  const counts = new Map<string, Arrivals[number]>();
  for (const { how, reason } of clients) {
    const key = reason ?? how;
    const same = counts.get(key);
    if (same) same.clients++;
    else counts.set(key, { how, reason, clients: 1 });
  }
  return [...counts.values()].sort((a, b) => b.clients - a.clients);
}

/** "Moved: api-2 is down", "By its turn". */
export const arrivalWords = ({ how, reason }: Arrivals[number]): string => (reason === null ? placedWords(how).short : `Moved: ${reason}`);
