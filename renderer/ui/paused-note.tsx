import type { ReactNode } from 'react';
import { formatClock } from './format.ts';
import styles from './paused-note.module.css';

/** A flat bar under a page's head while the view stands still: since when, and what goes on meanwhile. */
export function PausedNote({ since, children }: { since: number; children?: ReactNode }) {
  return (
    <div className={styles['bar']} role="status">
      <b>View paused at {formatClock(since)}</b>
      <span>{children}</span>
    </div>
  );
}
