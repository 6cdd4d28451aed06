import { clsx } from 'clsx';
import { useEffect, useId, useRef, type ReactNode, type SyntheticEvent } from 'react';
import styles from './dialog.module.css';

interface DialogProps {
  title: string;
  /** Also called on Escape. */
  onClose: () => void;
  /** Given: the content is a form, and Enter submits it. */
  onSubmit?: (() => void) | undefined;
  actions: ReactNode;
  /** 720 px instead of 480. */
  wide?: boolean | undefined;
  /** Stands in the page instead of over the window, and takes no focus: for showing what dialogs look like. */
  inPage?: boolean | undefined;
  children?: ReactNode;
}

/** A question over the window. The platform's dialog element holds the focus, closes on Escape and gives the focus back. */
export function Dialog({ title, onClose, onSubmit, actions, wide, inPage, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open && !inPage) {
      dialog.showModal();
      // The platform would take the first that can have the focus.
      dialog.querySelector<HTMLElement>('[data-first-focus]')?.focus();
    }
    return () => dialog?.close();
  }, [inPage]);
  const content = (
    <>
      <h2 id={id} className={styles['title']}>
        {title}
      </h2>
      {children}
      <div className={styles['actions']}>{actions}</div>
    </>
  );
  return (
    <dialog
      ref={ref}
      className={clsx(styles['dialog'], wide && styles['wide'], inPage && styles['inPage'])}
      open={inPage}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {onSubmit ? (
        <form
          className={styles['body']}
          noValidate
          onSubmit={(event: SyntheticEvent) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          {content}
        </form>
      ) : (
        <div className={styles['body']}>{content}</div>
      )}
    </dialog>
  );
}
