import { useState } from 'react';
import type { Settings } from '../../../shared/contract/contract.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useSettings, useStores } from '../../stores/context.tsx';
import { FieldError } from '../../ui/field.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { PageSection, SectionPage } from '../../ui/page-section.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { About } from './about.tsx';
import { BackupsSection } from './backups-section.tsx';
import { DesktopSection } from './desktop-section.tsx';
import { ExportSection } from './export-section.tsx';
import { ImportSection } from './import-section.tsx';
import { Reach } from './reach.tsx';
import { ResetSection } from './reset-section.tsx';
import styles from './settings.module.css';
import { UpdatesSection } from './updates-section.tsx';
import { useAppInfo } from './use-app-info.ts';

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
] as const;
const motions = [
  { value: 'system', label: 'As the system' },
  { value: 'reduced', label: 'Reduced' },
] as const;

function Appearance({ onSet }: { onSet: (change: Partial<Settings>) => void }) {
  const settings = useSettings((s) => s.settings);
  const theme = useSettings((s) => s.theme);
  const reduced = useSettings((s) => s.reducedMotion);
  return (
    <PageSection id="appearance" title="Appearance">
      <div className={styles['row']}>
        <span>Theme</span>
        <Segmented fit tall label="Theme" choices={themes} value={settings.theme} onChange={(value) => onSet({ theme: value })} />
        {settings.theme === 'system' ? <p>The system asks for {theme} now.</p> : null}
      </div>
      <div className={styles['row']}>
        <span>Motion</span>
        <Segmented fit tall label="Motion" choices={motions} value={settings.motion} onChange={(value) => onSet({ motion: value })} />
        <p>
          {reduced
            ? 'Changes are shown without travel: moved clients fade over, and dots stand still.'
            : 'Clients travel to their new node, and dots along the way of requests.'}
        </p>
      </div>
    </PageSection>
  );
}

/** How the window looks and moves, who can reach what, import and export, and what program this is. Settings take effect at once. */
export function SettingsScreen({ query }: { query: URLSearchParams }) {
  const { settings: store } = useStores();
  const { info, failure: infoFailure } = useAppInfo();
  const [failure, setFailure] = useState('');
  const set = (change: Partial<Settings>) => {
    setFailure('');
    store.set(change).catch((error: unknown) => setFailure(errorMessage(error)));
  };
  return (
    <main className="screen">
      <PageHead title="Settings" />
      <SectionPage columns>
        <Appearance onSet={set} />
        {failure ? <FieldError>{failure}</FieldError> : null}
        {info?.host === 'desktop' ? (
          <>
            <DesktopSection onSet={set} />
            <UpdatesSection isWanted={query.get('to') === 'updates'} onSet={set} />
          </>
        ) : null}
        <Reach info={info} />
        <ExportSection />
        <ImportSection />
        <BackupsSection info={info} />
        <ResetSection />
        <About info={info} failure={infoFailure} />
      </SectionPage>
    </main>
  );
}
