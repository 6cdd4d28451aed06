import { useEffect, useState } from 'react';
import type { AppInfo, Settings } from '../../../shared/contract/contract.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useEngine, useSettings, useStores } from '../../stores/context.tsx';
import { FieldError } from '../../ui/field.tsx';
import { formatDuration, missing } from '../../ui/format.ts';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useNow } from '../../ui/use-now.ts';
import styles from './settings.module.css';

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
] as const;
const motions = [
  { value: 'system', label: 'As the system' },
  { value: 'reduced', label: 'Reduced' },
] as const;

const hosts = { desktop: 'Desktop app', headless: 'Headless, screens over HTTP' };
const platforms: Record<string, string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

function About() {
  const client = useClient();
  const now = useNow();
  const engineSince = useEngine((s) => s.startedAt);
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
  return (
    <section className={styles['section']} aria-labelledby="about">
      <h2 id="about">About</h2>
      {failure ? <FieldError>{failure}</FieldError> : null}
      <dl className={styles['facts']}>
        <dt>Version</dt>
        <dd className="num">{info ? `Evenkeel ${info.version}` : missing}</dd>
        <dt>Runs as</dt>
        <dd>{info ? `${hosts[info.host]}, on ${platforms[info.platform] ?? info.platform}` : missing}</dd>
        <dt>Configuration</dt>
        <dd>
          {info ? (
            info.configPath ? (
              <MiddleTruncate className="mono" text={info.configPath} keep={20} />
            ) : (
              'Not saved: this is the demo'
            )
          ) : (
            missing
          )}
        </dd>
        <dt>Program running for</dt>
        <dd className="num">{info ? formatDuration(now - info.startedAt) : missing}</dd>
        <dt>Engine running for</dt>
        <dd className="num">{engineSince === null ? missing : formatDuration(now - engineSince)}</dd>
      </dl>
    </section>
  );
}

/** How the window looks and moves, and what program this is. Settings take effect at once. */
export function SettingsScreen() {
  const { settings: store } = useStores();
  const settings = useSettings((s) => s.settings);
  const theme = useSettings((s) => s.theme);
  const reduced = useSettings((s) => s.reducedMotion);
  const [failure, setFailure] = useState('');
  const set = (change: Partial<Settings>) => {
    setFailure('');
    store.set(change).catch((error: unknown) => setFailure(errorMessage(error)));
  };
  return (
    <main className="screen">
      <PageHead title="Settings" />
      <div className={styles['page']}>
        <section className={styles['section']} aria-labelledby="appearance">
          <h2 id="appearance">Appearance</h2>
          <div className={styles['row']}>
            <span>Theme</span>
            <Segmented fit tall label="Theme" choices={themes} value={settings.theme} onChange={(value) => set({ theme: value })} />
            {settings.theme === 'system' ? <p>The system asks for {theme} now.</p> : null}
          </div>
          <div className={styles['row']}>
            <span>Motion</span>
            <Segmented fit tall label="Motion" choices={motions} value={settings.motion} onChange={(value) => set({ motion: value })} />
            <p>
              {reduced
                ? 'Changes are shown without travel: moved clients fade over, and dots stand still.'
                : 'Clients travel to their new node, and dots along the way of requests.'}
            </p>
          </div>
          {failure ? <FieldError>{failure}</FieldError> : null}
        </section>
        <About />
      </div>
    </main>
  );
}
