import { clsx } from 'clsx';
import { TriangleAlert } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import styles from './field.module.css';

/** What every field may carry around its control. */
export interface FieldFrame {
  label: string;
  /** Keep the label for readers only, where a table's head already says it. */
  hideLabel?: boolean | undefined;
  /** Differs from what is saved. */
  changed?: boolean | undefined;
  hint?: ReactNode;
  /** In words; shown with an icon under the control. An empty string marks the field and leaves the words to elsewhere. */
  error?: string | undefined;
  /** Id of words elsewhere that say what is wrong, for an empty `error`. */
  errorId?: string | undefined;
  className?: string | undefined;
}

/** A six-pixel dot: this value differs from what is saved. */
export function ChangedDot() {
  return <span className={styles['dot']} role="img" aria-label="changed" title="Changed" />;
}

/** An error in words, with an icon so that it does not rest on colour. */
export function FieldError({ id, children }: { id?: string | undefined; children: ReactNode }) {
  return (
    <span id={id} className={styles['error']}>
      <TriangleAlert size={12} strokeWidth={2} aria-hidden="true" />
      <span>{children}</span>
    </span>
  );
}

interface ShellProps extends FieldFrame {
  /** The control is a group with a name of its own, so the label is words and not a `<label>`. */
  group?: boolean | undefined;
  /** Draws the control with the ids that tie it to label, hint and error. */
  children: (ids: { id: string; describedBy: string | undefined; invalid: boolean }) => ReactNode;
}

/** Label above, control, then hint or error under it. */
export function FieldShell({ label, hideLabel, changed, hint, error, errorId, className, group, children }: ShellProps) {
  const id = useId();
  const invalid = error !== undefined;
  const note = error ? `${id}-e` : invalid && errorId ? errorId : hint ? `${id}-h` : undefined;
  return (
    <div className={clsx(styles['field'], className)}>
      {hideLabel ? (
        <label className="visually-hidden" htmlFor={id}>
          {label}
        </label>
      ) : (
        <span className={styles['label']}>
          {group ? <span>{label}</span> : <label htmlFor={id}>{label}</label>}
          {changed ? <ChangedDot /> : null}
        </span>
      )}
      {children({ id, describedBy: note, invalid })}
      {error ? (
        <FieldError id={`${id}-e`}>{error}</FieldError>
      ) : hint ? (
        <span id={`${id}-h`} className={styles['hint']}>
          {hint}
        </span>
      ) : null}
    </div>
  );
}
