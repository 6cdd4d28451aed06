import { useEffect, useState } from 'react';
import type { AppInfo } from '../../../shared/contract/contract.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';

/** What program this is; null until it is known. `failure`: why it is not. */
export function useAppInfo(): { info: AppInfo | null; failure: string } {
  const client = useClient();
  const [info, setInfo] = useState<AppInfo | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    let gone = false;
    client.request('app.info', {}).then(
      (answer) => {
        if (!gone) setInfo(answer);
      },
      (error: unknown) => {
        if (!gone) setFailure(errorMessage(error));
      },
    );
    return () => {
      gone = true;
    };
  }, [client]);
  return { info, failure };
}
