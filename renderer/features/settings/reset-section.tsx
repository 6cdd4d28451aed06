import { useState } from 'react';
import { emptyConfig } from '../../../shared/model/config.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useConfig, useLab, useStores } from '../../stores/context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FieldError } from '../../ui/field.tsx';
import { PageSection } from '../../ui/page-section.tsx';
import { besideDemo, ChangedMeanwhile, replaceConfig } from './replace-config.ts';
import { configText, saveFile } from './save-file.ts';
import styles from './settings.module.css';

const count = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

/** Back to nothing: the question, a copy to keep, and a way back. */
export function ResetSection() {
  const client = useClient();
  const stores = useStores();
  const config = useConfig((s) => s.config);
  const demoRuns = useLab((s) => s.lab?.running ?? false);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const next = besideDemo(emptyConfig, config, demoRuns);
  const listeners = config.listeners.length - next.listeners.length;
  const pools = config.pools.length - next.pools.length;
  const certificates = config.certificates.length;
  const nothing = listeners + pools + certificates === 0;
  const words = [count(listeners, 'listener'), count(pools, 'pool'), count(certificates, 'certificate')].join(', ');

  const reset = async () => {
    setBusy(true);
    setFailure('');
    try {
      await replaceConfig(client, stores, config, next, 'The configuration was reset');
      setAsking(false);
    } catch (error) {
      setFailure(error instanceof ChangedMeanwhile ? error.message : errorMessage(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <PageSection id="reset" title="Reset">
      <p className={styles['lead']}>
        {nothing ? 'There is nothing to take away.' : `Takes away everything that is configured: ${words}.`}
        {demoRuns ? ' The Lab’s demo stays; it is ended in the Lab.' : ''}
      </p>
      <Button
        disabled={nothing}
        onClick={() => {
          setFailure('');
          setAsking(true);
        }}
      >
        Reset the configuration…
      </Button>
      {asking ? (
        <Dialog
          title="Reset the configuration?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => saveFile('evenkeel-backup.json', configText(config))}>Save a copy first</Button>
              <Button data-first-focus onClick={() => setAsking(false)}>
                Keep it
              </Button>
              <Button look="primary" disabled={busy} onClick={() => void reset()}>
                {busy ? 'Resetting…' : 'Reset'}
              </Button>
            </>
          }
        >
          <p>
            {words} go. Their ports close at once, and open connections may finish within the drain time. No file but the configuration is
            touched.
          </p>
          <p className="muted">You can take it back for 30 seconds afterwards; for longer, save a copy first and import it.</p>
          {failure ? <FieldError>{failure}</FieldError> : null}
        </Dialog>
      ) : null}
    </PageSection>
  );
}
