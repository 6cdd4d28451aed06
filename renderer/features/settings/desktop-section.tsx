import type { Settings } from '../../../shared/contract/contract.ts';
import { useSettings } from '../../stores/context.tsx';
import { Switch } from '../../ui/toggle.tsx';
import styles from './settings.module.css';

/** Settings of the desktop program that are on or off, by their key. */
const switches: readonly { key: string; label: string; hint: string }[] = [
  { key: 'startAtLogin', label: 'Start at login', hint: 'Evenkeel begins to balance when you log in.' },
  { key: 'startHidden', label: 'Start hidden', hint: 'Without its window: it is opened from the tray.' },
  { key: 'notifications', label: 'Notifications', hint: 'The system tells you when a node goes down and comes back.' },
];

/** What belongs to the desktop program. Each setting is shown where the program knows it. */
export function DesktopSection({ onSet }: { onSet: (change: Partial<Settings>) => void }) {
  const settings = useSettings((s) => s.settings) as Record<string, unknown>;
  const known = switches.filter(({ key }) => typeof settings[key] === 'boolean');
  if (known.length === 0) return null;
  return (
    <section className={styles['section']} aria-labelledby="desktop">
      <h2 id="desktop">Desktop</h2>
      {known.map(({ key, label, hint }) => (
        <Switch key={key} label={label} hint={hint} checked={settings[key] === true} onChange={(on) => onSet({ [key]: on })} />
      ))}
    </section>
  );
}
