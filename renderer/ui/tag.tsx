import type { ReactNode } from 'react';
import styles from './tag.module.css';

/** A short neutral word beside a thing: "new", "retried". */
export function Tag({ children }: { children: ReactNode }) {
  return <span className={styles['tag']}>{children}</span>;
}
