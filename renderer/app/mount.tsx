import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ClientProvider } from '../bridge/context.tsx';
import type { Client } from '../bridge/client.ts';
import { StoresProvider } from '../stores/context.tsx';
import { createStores } from '../stores/stores.ts';
import { Shell } from './shell/shell.tsx';

/** Puts the window's content into `element` and begins to listen. @returns a function that takes it away again. */
export function mount(element: HTMLElement, client: Client): () => void {
  const stores = createStores(client);
  const stop = stores.start();
  const root = createRoot(element);
  root.render(
    <StrictMode>
      <ClientProvider client={client}>
        <StoresProvider stores={stores}>
          <Shell />
        </StoresProvider>
      </ClientProvider>
    </StrictMode>,
  );
  return () => {
    root.unmount();
    stop();
  };
}
