import { createContext, use, type ReactNode } from 'react';
import type { Client } from './client.ts';

const ClientContext = createContext<Client | null>(null);

export function ClientProvider({ client, children }: { client: Client; children: ReactNode }) {
  return <ClientContext value={client}>{children}</ClientContext>;
}

/** The client of the window this component stands in. */
export function useClient(): Client {
  const client = use(ClientContext);
  if (!client) throw new Error('useClient stands outside ClientProvider.');
  return client;
}
