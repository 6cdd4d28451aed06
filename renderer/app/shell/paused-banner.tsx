import { useState } from 'react';
import { errorMessage } from '../../bridge/client.ts';
import { useHost, useStores } from '../../stores/context.tsx';
import { Button } from '../../ui/button.tsx';
import css from './shell.module.css';

/** Stands above everything while balancing is paused: the listeners below are off, and not because they are configured so. */
export function PausedBanner() {
  const { host, toasts } = useStores();
  const paused = useHost((s) => s.paused);
  const [busy, setBusy] = useState(false);
  const resume = () => {
    setBusy(true);
    host
      .resume()
      .catch((error: unknown) => toasts.show({ id: 'resume', title: 'Balancing is still paused', text: errorMessage(error) }))
      .finally(() => setBusy(false));
  };
  return (
    <div role="status" aria-live="polite" className={paused ? css['offline'] : 'visually-hidden'}>
      {paused ? (
        <>
          <b>Balancing is paused.</b>
          <span>No listener accepts, whatever is configured. Checks go on.</span>
          <Button small disabled={busy} onClick={resume}>
            Resume
          </Button>
        </>
      ) : null}
    </div>
  );
}
