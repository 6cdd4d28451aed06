import { useCallback, useEffect, useState } from 'react';
import type { RequestChannel } from '../../../shared/contract/channels.ts';
import type { UpdateState } from '../../../shared/model/update.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';

export type UpdateRequest = Extract<RequestChannel, `updates.${string}`>;

/** How far bringing the program up to date has come; null until it is known. `failure`: why a step could not even be asked for. */
export function useUpdates(): { updates: UpdateState | null; failure: string; ask: (channel: UpdateRequest) => void } {
  const client = useClient();
  const [updates, setUpdates] = useState<UpdateState | null>(null);
  const [failure, setFailure] = useState('');
  const request = useCallback(
    (channel: UpdateRequest) => void client.request(channel, {}).then(setUpdates, (error: unknown) => setFailure(errorMessage(error))),
    [client],
  );
  useEffect(() => {
    const end = client.subscribe('updates.changed', setUpdates);
    request('updates.get');
    return end;
  }, [client, request]);
  return {
    updates,
    failure,
    ask(channel) {
      setFailure('');
      request(channel);
    },
  };
}
