import { useMemo } from 'react';
import { useDraft } from '../../stores/context.tsx';

/** Names of the draft's listeners that answer with a certificate. */
export function useUsers(certificate: string): string[] {
  const listeners = useDraft((s) => s.draft.listeners);
  return useMemo(
    () => listeners.filter((listener) => listener.certificates.includes(certificate)).map((listener) => listener.name ?? listener.id),
    [listeners, certificate],
  );
}
