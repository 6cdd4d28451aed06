import { useState } from 'react';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useConfig, useLab, useStores } from '../../stores/context.tsx';
import { Button } from '../../ui/button.tsx';
import css from './live.module.css';

/** While the demo runs: what it is, where it answers, and the way to one's own servers. */
export function DemoStrip() {
  const client = useClient();
  const { toasts } = useStores();
  const lab = useLab((s) => s.lab);
  const own = useConfig((s) => s.config.listeners.filter((listener) => listener.id !== 'demo').length);
  const [ending, setEnding] = useState(false);
  if (!lab?.running) return null;
  const end = () => {
    setEnding(true);
    client
      .request('lab.end', {})
      .then(() => {
        if (own === 0) location.hash = '#/listeners/new';
      })
      .catch((reason: unknown) => toasts.show({ id: 'lab', title: 'The demo still runs', text: errorMessage(reason) }))
      .finally(() => setEnding(false));
  };
  return (
    <div className={css['demo']}>
      <span className="ellipsis">
        <b>Demo:</b> {lab.nodes.length === 3 ? 'three' : lab.nodes.length} small servers on this machine
        {lab.url ? (
          <>
            , answering at{' '}
            <a className="mono" href={lab.url} target="_blank" rel="noreferrer">
              {lab.url}
            </a>
          </>
        ) : null}
      </span>
      <Button small onClick={end} disabled={ending}>
        Balance my own servers
      </Button>
    </div>
  );
}
