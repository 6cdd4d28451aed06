import { useEffect, useMemo } from 'react';
import { useReplay, useStores } from '../../stores/context.tsx';
import { createPastStores, type PastStores } from '../../stores/past-stores.ts';
import { isReplaying } from '../../stores/replay-store.ts';

/** The stores of the run that is being replayed, following its clock; null while the window shows now. */
export function usePast(): PastStores | null {
  const stores = useStores();
  const run = useReplay((s) => (isReplaying(s) ? s.run : null));
  const past = useMemo(() => (run ? createPastStores(stores, run) : null), [stores, run]);
  useEffect(() => past?.start(), [past]);
  return past;
}
