import { useState } from 'react';
import { LabelledGroup, useDraftField } from '../../forms/draft-fields.tsx';
import type { Path } from '../../stores/draft.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { TextField } from '../../ui/text-field.tsx';
import styles from './listeners.module.css';

type Reach = 'here' | 'everywhere' | 'custom';

const choices = [
  { value: 'here', label: 'This machine only' },
  { value: 'everywhere', label: 'Every address' },
  { value: 'custom', label: 'One address' },
] as const;

const hints: Record<Reach, string> = {
  here: '127.0.0.1: programs on this machine reach it, nobody else.',
  everywhere: '0.0.0.0: anybody who reaches this machine, also over the network, reaches the listener.',
  custom: 'One IP address of this machine.',
};

export function reachOf(host: string): Reach {
  if (host === '127.0.0.1') return 'here';
  return host === '0.0.0.0' ? 'everywhere' : 'custom';
}

/** Who may reach a listener: the address it is bound to, in words. */
export function HostField({ path, className }: { path: Path; className?: string | undefined }) {
  const field = useDraftField(path);
  const host = typeof field.value === 'string' ? field.value : '';
  // "One address" stays chosen while what is typed happens to be one of the others.
  const [custom, setCustom] = useState(reachOf(host) === 'custom');
  const reach = custom ? 'custom' : reachOf(host);
  const choose = (next: Reach) => {
    setCustom(next === 'custom');
    if (next === 'here') field.set('127.0.0.1');
    else if (next === 'everywhere') field.set('0.0.0.0');
    else field.set('::1');
  };
  return (
    <div className={className}>
      <LabelledGroup label={field.info.label} changed={field.changed} hint={hints[reach]} error={custom ? undefined : field.error}>
        <Segmented tall label={field.info.label} choices={choices} value={reach} onChange={choose} />
      </LabelledGroup>
      {custom ? (
        <TextField className={styles['below']} label="IP address" mono value={host} onChange={field.set} error={field.error} />
      ) : null}
    </div>
  );
}
