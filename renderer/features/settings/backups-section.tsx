import { useCallback, useEffect, useMemo, useState } from 'react';
import type { AppInfo, Result } from '../../../shared/contract/contract.ts';
import type { Config } from '../../../shared/model/config.ts';
import { parseConfig } from '../../../shared/model/validate.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useConfig, useLab, useStores } from '../../stores/context.tsx';
import { countChanges, listChanges } from '../../stores/draft-words.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FieldError } from '../../ui/field.tsx';
import { formatClock, formatDay } from '../../ui/format.ts';
import { PageSection } from '../../ui/page-section.tsx';
import { besideDemo } from './replace-config.ts';
import css from './backups.module.css';
import styles from './settings.module.css';

type Backups = Result<'backups.list'>;
const when = (time: number) => `${formatDay(time)}, ${formatClock(time)}`;

/** Copies of the configuration from before its last changes: looked at, restored. And the file, read again when others changed it. */
export function BackupsSection({ info }: { info: AppInfo | null }) {
  const client = useClient();
  const stores = useStores();
  const running = useConfig((s) => s.config);
  const demoRuns = useLab((s) => s.lab?.running ?? false);
  const [list, setList] = useState<Backups | null>(null);
  const [looked, setLooked] = useState<{ id: string; time: number; config: Config } | null>(null);
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);

  const refresh = useCallback(
    () => client.request('backups.list', {}).then(setList, (error: unknown) => setFailure(errorMessage(error))),
    [client],
  );
  // What a copy would change depends on what runs.
  useEffect(() => void refresh(), [refresh, running]);

  const changes = useMemo(
    () => (looked ? listChanges(running, besideDemo(looked.config, running, demoRuns)) : []),
    [looked, running, demoRuns],
  );

  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure('');
    try {
      await work();
      await stores.config.refresh();
    } catch (error) {
      setFailure(errorMessage(error));
    } finally {
      setBusy(false);
    }
  };
  const look = (id: string, time: number) =>
    act(async () => {
      const { config, issues } = parseConfig((await client.request('backups.get', { id })).config);
      if (config) setLooked({ id, time, config });
      else setFailure(`This copy cannot be used: ${issues[0]?.path ?? ''}: ${issues[0]?.message ?? ''}`);
    });
  const restore = (id: string, time: number) =>
    act(async () => {
      await client.request('backups.restore', { id });
      setLooked(null);
      stores.toasts.show({
        id: 'restored',
        title: `The configuration of ${when(time)} runs again`,
        text: 'What it replaced is a backup now.',
      });
    });
  const readAgain = () =>
    act(async () => {
      const { changed } = await client.request('config.reload', {});
      stores.toasts.show({ id: 'reload', title: changed.length === 0 ? 'The file holds what runs' : 'The file was read again, and runs' });
    });

  if (info === null || info.configPath === null) return null;
  return (
    <PageSection id="backups" title="Backups">
      {info.recovered === null ? null : (
        <Card form edge="strong" className={styles['card']} role="note" aria-label="Recovered">
          <h3>A saved file could not be used as it was</h3>
          {info.recovered.split('\n').map((words) => (
            <p key={words}>{words}</p>
          ))}
        </Card>
      )}
      <p className={styles['lead']}>
        {list?.kept === false
          ? 'No copies of the configuration are kept here: serve keeps them with --history.'
          : list?.backups.length === 0
            ? 'There is none yet: one is made before each change, and the last ten are kept.'
            : 'The configuration as it was before its last changes. The last ten are kept.'}
      </p>
      {list && list.backups.length > 0 ? (
        <table className={css['table']}>
          <thead>
            <tr>
              <th scope="col">Until</th>
              <th scope="col">Restoring it</th>
              <th scope="col">
                <span className="visually-hidden">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.backups.map(({ id, time, changed, problem }) => (
              <tr key={id}>
                <td className="num">{when(time)}</td>
                <td>
                  {problem === null
                    ? changed.length === 0
                      ? 'changes nothing'
                      : `changes ${changed.slice(0, 2).join(', ')}${changed.length > 2 ? ` and ${changed.length - 2} more` : ''}`
                    : `is not possible: ${problem}`}
                </td>
                <td>
                  {problem === null && changed.length > 0 ? (
                    <Button small disabled={busy} aria-label={`Look at it: the copy of ${when(time)}`} onClick={() => void look(id, time)}>
                      Look at it
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      <div role="status">
        {looked ? (
          <Card form edge="strong" className={styles['card']} role="group" aria-label={`Copy of ${when(looked.time)}`}>
            <h3>
              The copy of {when(looked.time)} makes {countChanges(changes.length)}
            </h3>
            <ul className={styles['list']}>
              {changes.slice(0, 40).map(({ path, words, subject }) => (
                <li key={`${path} ${words}`}>{words.includes(subject) ? words : `${subject}: ${words}`}</li>
              ))}
              {changes.length > 40 ? <li>… and {changes.length - 40} more</li> : null}
            </ul>
            <div className={styles['actions']}>
              <Button look="primary" disabled={busy || changes.length === 0} onClick={() => void restore(looked.id, looked.time)}>
                Restore
              </Button>
              <Button look="quiet" onClick={() => setLooked(null)}>
                Cancel
              </Button>
            </div>
          </Card>
        ) : null}
      </div>
      <div className={css['reload']}>
        <Button disabled={busy} onClick={() => void readAgain()}>
          Read the file again
        </Button>
        <p className={styles['small']}>When somebody else changed the file, nothing is saved over it: read it again first.</p>
      </div>
      {failure ? <FieldError>{failure}</FieldError> : null}
    </PageSection>
  );
}
