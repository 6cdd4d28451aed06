import { FieldError } from './field.tsx';
import styles from './stale-note.module.css';

/** Under a page's head while its numbers cannot be renewed: why, and that what is below may be old. */
export function StaleNote({ problem }: { problem: string }) {
  return (
    <div className={styles['note']} role="status">
      <FieldError>{problem} What is shown may be old.</FieldError>
    </div>
  );
}
