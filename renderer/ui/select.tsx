import { clsx } from 'clsx';
import { FieldShell, type FieldFrame } from './field.tsx';
import styles from './select.module.css';

export interface Choice<T extends string = string> {
  value: T;
  label: string;
  disabled?: boolean | undefined;
}

interface SelectProps<T extends string> extends FieldFrame {
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
  disabled?: boolean | undefined;
  /** 28 px high instead of 32. */
  small?: boolean | undefined;
}

/** What is chosen, as the tooltip: it may be longer than the field. */
const labelOf = (choices: readonly Choice[], value: string) => choices.find((choice) => choice.value === value)?.label;

function Options({ choices }: { choices: readonly Choice[] }) {
  return choices.map((choice) => (
    <option key={choice.value} value={choice.value} disabled={choice.disabled}>
      {choice.label}
    </option>
  ));
}

/**
 * One of several, as a form's field. The platform's own select element carries keyboard, typeahead and the top layer;
 * the list wears our look where the browser can draw it.
 */
export function Select<T extends string>({ value, choices, onChange, disabled, small, ...frame }: SelectProps<T>) {
  return (
    <FieldShell {...frame}>
      {({ id, describedBy, invalid }) => (
        <select
          id={id}
          className={clsx(styles['select'], small && styles['small'], invalid && styles['bad'])}
          title={labelOf(choices, value)}
          value={value}
          disabled={disabled}
          aria-invalid={invalid || undefined}
          aria-describedby={describedBy}
          onChange={(event) => onChange(event.target.value as T)}
        >
          <Options choices={choices} />
        </select>
      )}
    </FieldShell>
  );
}

interface FilterSelectProps<T extends string> {
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
}

/** A filter in a page's head, as small as a button; the choices say what they filter ("Node: any"). */
export function FilterSelect<T extends string>({ label, value, choices, onChange }: FilterSelectProps<T>) {
  return (
    <select
      aria-label={label}
      title={labelOf(choices, value)}
      className={clsx(styles['select'], styles['compact'])}
      value={value}
      onChange={(event) => onChange(event.target.value as T)}
    >
      <Options choices={choices} />
    </select>
  );
}
