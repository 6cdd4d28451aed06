import { useId, type ReactNode } from 'react';
import { ChangedDot } from './field.tsx';
import styles from './toggle.module.css';

interface ToggleProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: ReactNode;
  changed?: boolean | undefined;
  disabled?: boolean | undefined;
}

function Toggle({ label, checked, onChange, hint, changed, disabled, role }: ToggleProps & { role?: 'switch' }) {
  const id = useId();
  return (
    <div className={styles['row']}>
      <input
        id={id}
        type="checkbox"
        role={role}
        className={role === 'switch' ? styles['switch'] : styles['checkbox']}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-h` : undefined}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div className={styles['words']}>
        <span className={styles['label']}>
          <label htmlFor={id}>{label}</label>
          {changed ? <ChangedDot /> : null}
        </span>
        {hint ? (
          <span id={`${id}-h`} className={styles['hint']}>
            {hint}
          </span>
        ) : null}
      </div>
    </div>
  );
}

/** On or off, with its words beside it. */
export function Switch(props: ToggleProps) {
  return <Toggle {...props} role="switch" />;
}

/** One of several that may all be chosen. */
export function Checkbox(props: ToggleProps) {
  return <Toggle {...props} />;
}
