import { useEffect, useState } from 'react';
import type { NodeMode } from '../../../shared/model/config.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useStores } from '../../stores/context.tsx';

interface SetMode {
  /** The mode asked for and not yet seen. */
  pending: NodeMode | null;
  /** Why the last change was refused; empty when it was not. */
  error: string;
  set: (mode: NodeMode) => void;
}

/** A refusal stays in the card this long; the message over the screen says it too. Milliseconds. */
const errorMs = 10_000;

/** Changes a node's mode and says how that went. */
export function useSetMode(pool: string, node: string, label: string, mode: NodeMode): SetMode {
  const client = useClient();
  const { toasts } = useStores();
  const [asked, setAsked] = useState<NodeMode | null>(null);
  const [error, setError] = useState('');

  useEffect(() => {
    if (error === '') return;
    const timer = setTimeout(() => setError(''), errorMs);
    return () => clearTimeout(timer);
  }, [error]);

  const set = (wanted: NodeMode) => {
    setAsked(wanted);
    setError('');
    client.request('node.setMode', { pool, node, mode: wanted }).then(
      () => setAsked(null),
      (reason: unknown) => {
        const text = errorMessage(reason);
        setAsked(null);
        setError(text);
        toasts.show({ id: `mode ${pool}/${node}`, title: `${label} stays in ${mode}`, text });
      },
    );
  };
  return { pending: asked === mode ? null : asked, error, set };
}
