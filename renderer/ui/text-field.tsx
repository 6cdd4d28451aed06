import { clsx } from 'clsx';
import { useState, type InputHTMLAttributes, type ReactNode } from 'react';
import { readNumber, showNumber } from './number-text.ts';
import { FieldShell, type FieldFrame } from './field.tsx';
import styles from './field.module.css';

interface TextFieldProps
  extends FieldFrame, Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange' | 'className' | 'id' | 'children'> {
  value: string;
  onChange: (value: string) => void;
  /** Shown behind the value: "s", "checks". */
  unit?: string | undefined;
  /** An icon before the value. */
  icon?: ReactNode;
  /** Addresses, paths, cookie names. */
  mono?: boolean | undefined;
  /** 28 px high instead of 32. */
  small?: boolean | undefined;
}

/** One line of text. */
export function TextField({ label, hideLabel, changed, hint, error, errorId, className, value, onChange, ...rest }: TextFieldProps) {
  const { unit, icon, mono, small, ...input } = rest;
  return (
    <FieldShell {...{ label, hideLabel, changed, hint, error, errorId, className }}>
      {({ id, describedBy, invalid }) => (
        <span className={clsx(styles['box'], small && styles['small'], invalid && styles['bad'], input.disabled && styles['off'])}>
          {icon}
          <input
            id={id}
            className={clsx(styles['input'], mono && styles['mono'])}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            aria-invalid={invalid || undefined}
            aria-describedby={describedBy}
            spellCheck={false}
            autoComplete="off"
            {...input}
          />
          {unit ? (
            <span className={styles['unit']} aria-hidden="true">
              {unit}
            </span>
          ) : null}
        </span>
      )}
    </FieldShell>
  );
}

interface NumberFieldProps extends Omit<TextFieldProps, 'value' | 'onChange' | 'type'> {
  /** As stored; text that is no number is kept as text, so that nothing typed is lost. */
  value: number | string;
  onChange: (value: number | string) => void;
  /** Stored units in one shown: 1,000 for milliseconds edited in seconds. Default 1. */
  scale?: number | undefined;
}

/** A number in its unit. The text stands as typed while it means the stored value ("1." stays "1."). */
export function NumberField({ value, onChange, scale = 1, unit, label, ...rest }: NumberFieldProps) {
  const [text, setText] = useState(() => showNumber(value, scale));
  const shown = readNumber(text, scale) === value ? text : showNumber(value, scale);
  return (
    <TextField
      {...rest}
      label={label}
      unit={unit}
      inputMode="decimal"
      value={shown}
      onChange={(next) => {
        setText(next);
        onChange(readNumber(next, scale));
      }}
      onBlur={() => setText(showNumber(value, scale))}
    />
  );
}

interface TextAreaProps extends FieldFrame {
  value: string;
  onChange: (value: string) => void;
  mono?: boolean | undefined;
  rows?: number | undefined;
  placeholder?: string | undefined;
  /** Takes the focus when it appears: for the field a page is opened for. */
  autoFocus?: boolean | undefined;
}

/** Several lines of text. */
export function TextArea({
  label,
  hideLabel,
  changed,
  hint,
  error,
  className,
  value,
  onChange,
  mono,
  rows = 3,
  placeholder,
  autoFocus,
}: TextAreaProps) {
  return (
    <FieldShell {...{ label, hideLabel, changed, hint, error, className }}>
      {({ id, describedBy, invalid }) => (
        <textarea
          id={id}
          rows={rows}
          className={clsx(styles['area'], mono && styles['mono'], invalid && styles['bad'])}
          value={value}
          placeholder={placeholder}
          autoFocus={autoFocus}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={invalid || undefined}
          aria-describedby={describedBy}
          spellCheck={false}
        />
      )}
    </FieldShell>
  );
}
