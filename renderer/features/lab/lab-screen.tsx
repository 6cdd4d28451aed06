import { Play, Square, ZapOff } from 'lucide-react';
import { useState } from 'react';
import type { LabState } from '../../../shared/contract/contract.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useLab, useStores } from '../../stores/context.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FieldError } from '../../ui/field.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Unread } from '../../ui/unread.tsx';
import type { Act } from './act.ts';
import { ClientsCard, CountsCard } from './clients-card.tsx';
import { DemoNodes } from './demo-nodes.tsx';
import { InjectedCard } from './injected-card.tsx';
import styles from './lab.module.css';
import { ScenarioRunCard } from './scenario-run.tsx';
import { ScenariosCard } from './scenarios-card.tsx';

function isAnyFault(lab: LabState): boolean {
  return lab.injected.length > 0 || lab.nodes.some((node) => node.fault !== null);
}

/** While nothing runs: what the demo is, and one button. */
function StartCard({ busy, onStart }: { busy: boolean; onStart: () => void }) {
  return (
    <Card as="section" className={styles['card']} aria-labelledby="lab-start">
      <h2 id="lab-start">The demo is not running</h2>
      <p>
        Three small servers, simulated clients and one address in front of them. It runs on this machine only, is not saved, and one click
        takes it away again.
      </p>
      <Button look="primary" disabled={busy} onClick={onStart}>
        <Play size={14} fill="currentColor" aria-hidden="true" />
        {busy ? 'Starting…' : 'Start the demo'}
      </Button>
    </Card>
  );
}

/** Demo nodes, simulated clients, faults and scenarios: something true to see, and a plug to pull. */
export function LabScreen() {
  const client = useClient();
  const { lab: store } = useStores();
  const lab = useLab((s) => s.lab);
  const problem = useLab((s) => s.problem);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const act: Act = async (what) => {
    setFailure('');
    try {
      await what(client);
      return true;
    } catch (error) {
      setFailure(errorMessage(error));
      return false;
    }
  };
  const switchDemo = async (channel: 'lab.start' | 'lab.end') => {
    setBusy(true);
    await act((one) => one.request(channel, {}));
    setBusy(false);
  };
  const taken = lab?.run != null && lab.run.phase !== 'done';

  return (
    <main className="screen">
      <PageHead
        title="Lab"
        note={
          lab?.running && lab.url ? (
            <span className={styles['url']}>
              demo on <span className="mono">{lab.url}</span>
              {lab.tcp ? (
                <>
                  and TCP <span className="mono">{lab.tcp}</span>
                </>
              ) : null}
            </span>
          ) : undefined
        }
        aside={
          <>
            {lab && isAnyFault(lab) ? (
              <Button small look="primary" onClick={() => void act((one) => one.request('lab.endFaults', {}))}>
                <ZapOff size={12} aria-hidden="true" />
                End all faults
              </Button>
            ) : null}
            {lab?.running ? (
              <>
                <ButtonLink small href="#/live">
                  Watch Live
                </ButtonLink>
                <Button small disabled={busy} onClick={() => void switchDemo('lab.end')}>
                  <Square size={12} aria-hidden="true" />
                  End the demo
                </Button>
              </>
            ) : null}
          </>
        }
      />
      <div className={styles['page']}>
        {failure ? (
          <div className={styles['failure']} role="alert">
            <FieldError>{failure}</FieldError>
          </div>
        ) : null}
        {lab ? (
          <div className={styles['columns']}>
            {lab.run ? <ScenarioRunCard run={lab.run} act={act} /> : null}
            <div className={styles['column']}>
              {lab.running || taken ? (
                <DemoNodes lab={lab} act={act} taken={taken} />
              ) : (
                <StartCard busy={busy} onStart={() => void switchDemo('lab.start')} />
              )}
              {lab.running ? <CountsCard lab={lab} /> : null}
              <InjectedCard lab={lab} act={act} />
            </div>
            <div className={styles['column']}>
              <ScenariosCard act={act} taken={taken} />
              {lab.running ? <ClientsCard lab={lab} act={act} taken={taken} /> : null}
            </div>
          </div>
        ) : problem ? (
          <Unread what="The Lab" problem={problem} onRetry={() => void store.refresh()} />
        ) : null}
      </div>
    </main>
  );
}
