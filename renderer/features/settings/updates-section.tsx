import { clsx } from 'clsx';
import { useEffect, useRef } from 'react';
import type { Settings } from '../../../shared/contract/contract.ts';
import type { UpdateOffer, UpdateState } from '../../../shared/model/update.ts';
import { useSettings } from '../../stores/context.tsx';
import { Button } from '../../ui/button.tsx';
import { cardClass } from '../../ui/card.tsx';
import { FieldError } from '../../ui/field.tsx';
import { formatClock, formatDay } from '../../ui/format.ts';
import { PageSection } from '../../ui/page-section.tsx';
import { Switch } from '../../ui/toggle.tsx';
import styles from './settings.module.css';
import { noUpdateWords } from './update-words.ts';
import { useUpdates, type UpdateRequest } from './use-updates.ts';
import css from './updates.module.css';

/** "98.3 MB": decimal, as downloads are sold. */
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function Offer({ offer }: { offer: UpdateOffer }) {
  const facts = [
    offer.releasedAt === null ? null : `released ${formatDay(offer.releasedAt)}`,
    offer.bytes === null ? null : megabytes(offer.bytes),
  ].filter((fact) => fact !== null);
  return (
    <>
      <h3>
        Evenkeel {offer.version}
        {facts.length > 0 ? <span className={css['facts']}> {facts.join(', ')}</span> : null}
      </h3>
      {offer.notes === null ? null : (
        // It scrolls when it is long, so the keyboard must be able to come to it.
        <div className={css['notes']} tabIndex={0} role="region" aria-label={`What ${offer.version} brings`}>
          {offer.notes}
        </div>
      )}
    </>
  );
}

interface Step {
  words: string;
  /** What can be asked for now, the first the one to expect. */
  actions: [UpdateRequest, string][];
}

function stepOf(updates: Exclude<UpdateState, { state: 'unavailable' | 'off' }>): Step {
  switch (updates.state) {
    case 'waiting':
      return { words: 'The feed is asked in a moment.', actions: [['updates.check', 'Check now']] };
    case 'checking':
      return { words: 'Asking the feed…', actions: [] };
    case 'current':
      return {
        words: `Up to date. The feed was asked ${formatDay(updates.checkedAt)}, ${formatClock(updates.checkedAt)}.`,
        actions: [['updates.check', 'Check now']],
      };
    case 'available':
      return { words: 'A newer version is there. Downloading it installs nothing.', actions: [['updates.download', 'Download']] };
    case 'downloading':
      return {
        words:
          updates.total === null
            ? 'Downloading…'
            : `Downloading: ${megabytes(updates.received)} of ${megabytes(updates.total)}. Balancing goes on.`,
        actions: [['updates.stop', 'Stop']],
      };
    case 'ready':
      return {
        words:
          'Downloaded, and it is the file the feed describes. Restarting lets what is in flight finish, as a quit does; until Evenkeel is back, listeners are closed.',
        actions: [['updates.install', 'Restart to update']],
      };
    case 'installing':
      return { words: 'Letting what is in flight finish; then the new version starts.', actions: [] };
    case 'failed':
      return { words: '', actions: [['updates.check', 'Try again']] };
  }
}

function Progress({
  updates,
  ask,
}: {
  updates: Exclude<UpdateState, { state: 'unavailable' | 'off' }>;
  ask: (channel: UpdateRequest) => void;
}) {
  const { words, actions } = stepOf(updates);
  const isOffer = 'offer' in updates;
  return (
    <div className={isOffer || updates.state === 'failed' ? clsx(cardClass({ edge: 'strong', form: true }), styles['card']) : css['line']}>
      {isOffer ? <Offer offer={updates.offer} /> : null}
      {updates.state === 'failed' ? (
        <div role="alert">
          <FieldError>
            {updates.problem.fact} {updates.problem.cause} {updates.problem.action}
          </FieldError>
        </div>
      ) : null}
      {/* Bytes are not read out with each step; the bar says them to whoever asks. */}
      {words ? <p role={updates.state === 'downloading' ? undefined : 'status'}>{words}</p> : null}
      {updates.state === 'downloading' ? (
        <progress
          className={css['bar']}
          aria-label={`Downloading Evenkeel ${updates.offer.version}`}
          {...(updates.total === null ? {} : { value: updates.received, max: updates.total })}
        />
      ) : null}
      {actions.length > 0 ? (
        <div className={styles['actions']}>
          {actions.map(([channel, label], i) => (
            <Button
              key={channel}
              look={isOffer && i === 0 && channel !== 'updates.stop' ? 'primary' : 'plain'}
              onClick={() => ask(channel)}
            >
              {label}
            </Button>
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** Whether a newer version is looked for, and how far one has come. Nothing is downloaded or installed without a click here. */
export function UpdatesSection({ isWanted, onSet }: { isWanted: boolean; onSet: (change: Partial<Settings>) => void }) {
  const { updates, failure, ask } = useUpdates();
  const isOn = useSettings((s) => s.settings.lookForUpdates);
  const section = useRef<HTMLElement>(null);
  const isThere = updates !== null;
  // Come from the menu or the tray: what they spoke of is to be seen.
  useEffect(() => {
    if (isWanted && isThere) section.current?.scrollIntoView();
  }, [isWanted, isThere]);
  if (updates === null) return failure ? <FieldError>{failure}</FieldError> : null;
  return (
    <PageSection ref={section} id="updates" title="Updates">
      {updates.state === 'unavailable' ? (
        <p>{noUpdateWords[updates.why]}</p>
      ) : (
        <>
          <Switch
            label="Look for updates"
            hint={
              <>
                Asks <span className={css['feed']}>{updates.feed}</span> when Evenkeel starts and once a day. It learns the address of this
                machine and that Evenkeel asks, nothing else. Nothing is downloaded or installed without a click.
              </>
            }
            checked={isOn}
            onChange={(lookForUpdates) => onSet({ lookForUpdates })}
          />
          {updates.state === 'off' ? null : <Progress updates={updates} ask={ask} />}
        </>
      )}
      {failure ? <FieldError>{failure}</FieldError> : null}
    </PageSection>
  );
}
