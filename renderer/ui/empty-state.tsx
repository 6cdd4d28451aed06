import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  /** The one thing to do. */
  action?: ReactNode;
  drawing?: ReactNode;
}

/** An empty screen: what is missing, and one action. */
export function EmptyState({ title, children, action, drawing }: EmptyStateProps) {
  return (
    <div className={styles['empty']}>
      {drawing ? <div className={styles['drawing']}>{drawing}</div> : null}
      <h2 className={styles['title']}>{title}</h2>
      {children ? <p className={styles['text']}>{children}</p> : null}
      {action}
    </div>
  );
}
