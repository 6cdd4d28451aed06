import { clsx } from 'clsx';
import { useId } from 'react';
import type { Choice } from './select.tsx';
import styles from './segmented.module.css';

interface SegmentedProps<T extends string> {
  /** The group's name for readers. */
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
  disabled?: boolean | undefined;
  /** Each part as wide as its words instead of equal parts. */
  fit?: boolean | undefined;
  /** 30 px high, as in a page's head. Default 26. */
  tall?: boolean | undefined;
  className?: string | undefined;
}

/** One of a few, all in view: radio buttons in one frame, moved through with the arrow keys. The chosen part is filled and edged. */
export function Segmented<T extends string>({ label, value, choices, onChange, disabled, fit, tall, className }: SegmentedProps<T>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={clsx(styles['group'], fit && styles['fit'], tall && styles['tall'], className)}>
      {choices.map((choice) => (
        <label key={choice.value} className={styles['part']} title={choice.label}>
          <input
            type="radio"
            className={styles['input']}
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={disabled || choice.disabled}
            onChange={() => onChange(choice.value)}
          />
          <span className={styles['text']}>{choice.label}</span>
        </label>
      ))}
    </div>
  );
}

/** What the owner wants of a node, in the order every mode control shows it. */
export const modeChoices = [
  { value: 'accept', label: 'Accept' },
  { value: 'drain', label: 'Drain' },
  { value: 'backup', label: 'Backup' },
  { value: 'reject', label: 'Reject' },
] as const satisfies readonly Choice[];
