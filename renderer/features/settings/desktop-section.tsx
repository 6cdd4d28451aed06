import type { Settings } from '../../../shared/contract/contract.ts';
import { useSettings } from '../../stores/context.tsx';
import { PageSection } from '../../ui/page-section.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Switch } from '../../ui/toggle.tsx';
import styles from './settings.module.css';

type SwitchKey = { [K in keyof Settings]: Settings[K] extends boolean ? K : never }[keyof Settings];
interface SwitchWords {
  key: SwitchKey;
  label: string;
  hint: string;
}

const life: readonly SwitchWords[] = [
  { key: 'startAtLogin', label: 'Start at login', hint: 'Evenkeel begins to balance when you log in.' },
  { key: 'startHidden', label: 'Start hidden', hint: 'Started at login it shows no window; the tray opens it.' },
  {
    key: 'closeToTray',
    label: 'Keep running when the window is closed',
    hint: 'It goes on in the tray. Without this, closing the window quits once what is in flight has finished.',
  },
];
const announced: readonly SwitchWords[] = [
  { key: 'notifyNodes', label: 'Nodes', hint: 'One goes down or comes back. Several at once are one message.' },
  {
    key: 'notifyAllDown',
    label: 'Nothing serves',
    hint: 'A listener has no node left to send to, or the engine had to be restarted. Also while the window is in front.',
  },
  { key: 'notifyCertificates', label: 'Certificates', hint: 'One that is in use ends in 14 days, in 3 days, or has ended.' },
];

/** What quiet hours begin with. */
const night = { from: '22:00', until: '07:00' };

/** What belongs to the desktop program: how it starts and ends, and what the system announces. */
export function DesktopSection({ onSet }: { onSet: (change: Partial<Settings>) => void }) {
  const settings = useSettings((s) => s.settings);
  const { quietHours } = settings;
  const switches = (list: readonly SwitchWords[]) =>
    list.map(({ key, label, hint }) => (
      <Switch key={key} label={label} hint={hint} checked={settings[key]} onChange={(on) => onSet({ [key]: on })} />
    ));
  const setQuiet = (change: Partial<typeof night>) => {
    const next = { ...(quietHours ?? night), ...change };
    // While somebody types, a browser gives an empty time.
    if (next.from && next.until) onSet({ quietHours: next });
  };
  return (
    <>
      <PageSection id="desktop" title="Desktop">
        <div className={styles['switches']}>{switches(life)}</div>
      </PageSection>
      <PageSection id="notifications" title="Notifications">
        <div className={styles['switches']}>
          {switches(announced)}
          <Switch
            label="Quiet hours"
            hint="Nothing is announced then; the timeline has it all."
            checked={quietHours !== null}
            onChange={(on) => onSet({ quietHours: on ? night : null })}
          />
          {quietHours ? (
            <div className={styles['times']}>
              <TextField type="time" label="From" value={quietHours.from} onChange={(from) => setQuiet({ from })} />
              <TextField type="time" label="Until" value={quietHours.until} onChange={(until) => setQuiet({ until })} />
            </div>
          ) : null}
        </div>
      </PageSection>
    </>
  );
}
