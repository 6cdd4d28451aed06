import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import styles from './row.module.css';

interface RowProps {
  className?: string | undefined;
  children: ReactNode;
}

/** Two fields beside each other; below each other where it is narrow. */
export function FieldPair({ className, children }: RowProps) {
  return <div className={clsx(styles['fields'], className)}>{children}</div>;
}

/** Buttons that belong together, and words beside them. */
export function ButtonRow({ className, children }: RowProps) {
  return <div className={clsx(styles['buttons'], className)}>{children}</div>;
}
