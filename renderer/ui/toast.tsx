import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import styles from './toast.module.css';

interface ToastProps {
  /** The fact. */
  title: string;
  /** Cause and what follows. */
  children?: ReactNode;
  /** A ring or an icon. */
  mark?: ReactNode;
  action?: ReactNode;
  onClose: () => void;
}

/** One message over the screen; whoever shows it places it and ends it. */
export function Toast({ title, children, mark, action, onClose }: ToastProps) {
  return (
    <div className={styles['toast']} role="status">
      {mark}
      <div className={styles['words']}>
        <b className={styles['title']}>{title}</b>
        {children ? <span className={styles['text']}>{children}</span> : null}
      </div>
      <div className={styles['actions']}>
        {action}
        <IconButton label="Dismiss" icon={<X size={14} aria-hidden="true" />} onClick={onClose} />
      </div>
    </div>
  );
}
