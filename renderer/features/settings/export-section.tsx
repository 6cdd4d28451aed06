import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useConfig } from '../../stores/context.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FieldError } from '../../ui/field.tsx';
import { PageSection } from '../../ui/page-section.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { configText, saveFile } from './save-file.ts';
import styles from './settings.module.css';

type Target = 'evenkeel' | 'haproxy' | 'nginx' | 'nodebalancer-terraform';
const targets = [
  { value: 'evenkeel', label: 'Evenkeel' },
  { value: 'haproxy', label: 'HAProxy' },
  { value: 'nginx', label: 'nginx' },
  { value: 'nodebalancer-terraform', label: 'NodeBalancer' },
] as const;
const about: Record<Target, { file: string; words: string }> = {
  evenkeel: {
    file: 'evenkeel.json',
    words: 'The configuration as it runs, with every default. Keys of certificates given as text are in it.',
  },
  haproxy: { file: 'haproxy.cfg', words: 'For HAProxy 2.6 or newer. Keys are not in it: its first lines say which files it needs.' },
  nginx: { file: 'nginx.conf', words: 'For nginx 1.22 or newer, open source edition. Keys are not in it.' },
  'nodebalancer-terraform': { file: 'nodebalancer.tf', words: 'Terraform for a Linode NodeBalancer. Keys are not in it.' },
};

interface Shown {
  to: Target;
  text: string;
  notes: { path: string; message: string }[];
}

/** What runs, for another program or to keep: looked at, copied, saved. */
export function ExportSection() {
  const client = useClient();
  const config = useConfig((s) => s.config);
  const [to, setTo] = useState<Target>('evenkeel');
  const [shown, setShown] = useState<Shown | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    let gone = false;
    const show = (text: string, notes: Shown['notes']) => {
      if (gone) return;
      setShown({ to, text, notes });
      setFailure('');
    };
    if (to === 'evenkeel') show(configText(config), []);
    else
      client.request('config.export', { to }).then(
        ({ text, notes }) => show(text, notes),
        (error: unknown) => {
          if (!gone) setFailure(errorMessage(error));
        },
      );
    return () => {
      gone = true;
    };
    // What runs is what is exported, so it is asked for again when that changes.
  }, [client, to, config]);
  const current = shown?.to === to ? shown : null;
  const { file, words } = about[to];
  return (
    <PageSection id="export" title="Export">
      <div className={styles['bar']}>
        <Segmented fit tall label="Export for" choices={targets} value={to} onChange={setTo} />
        <span className={styles['actions']}>
          {current ? <CopyButton text={current.text}>Copy</CopyButton> : null}
          <Button small disabled={!current} onClick={() => current && saveFile(file, current.text)}>
            <Download size={12} strokeWidth={2} aria-hidden="true" />
            Save {file}
          </Button>
        </span>
      </div>
      <p className={styles['lead']}>{words}</p>
      {failure ? <FieldError>{failure}</FieldError> : null}
      {current && current.notes.length > 0 ? (
        <details className={styles['notes']}>
          <summary>
            {current.notes.length === 1 ? 'One thing cannot' : `${current.notes.length} things cannot`} be said there as it is here
          </summary>
          <ul className={styles['list']}>
            {current.notes.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <span className="mono">{path}</span> {message}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {/* It scrolls, so the keyboard must be able to come to it. */}
      <pre className={styles['preview']} tabIndex={0} role="region" aria-label={`Preview of ${file}`}>
        {current?.text ?? ''}
      </pre>
    </PageSection>
  );
}
