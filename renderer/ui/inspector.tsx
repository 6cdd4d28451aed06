import { clsx } from 'clsx';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import styles from './inspector.module.css';

interface InspectorProps {
  /** What is inspected, for readers: "Client 4f2a". */
  label: string;
  children: ReactNode;
}

/** The column beside a screen that tells of the one thing chosen there: head, body of sections, foot. */
export function Inspector({ label, children }: InspectorProps) {
  return (
    <aside className="inspector" aria-label={label}>
      {children}
    </aside>
  );
}

interface HeadProps {
  title: ReactNode;
  /** A ring before the title. */
  mark?: ReactNode;
  /** `mono` for keys and addresses, `plain` (15 px) for a title of several parts. Default: a name, 20 px. */
  look?: 'mono' | 'plain' | undefined;
  onClose: () => void;
  /** The line below the title. */
  children?: ReactNode;
}

export function InspectorHead({ title, mark, look, onClose, children }: HeadProps) {
  return (
    <div className={styles['head']}>
      {mark}
      <div className={styles['words']}>
        <h2 className={look && styles[look]}>{title}</h2>
        {children ? <p className={styles['sub']}>{children}</p> : null}
      </div>
      <IconButton label="Close" icon={<X size={14} aria-hidden="true" />} onClick={onClose} />
    </div>
  );
}

/** What scrolls between head and foot. With nothing inside that takes the focus it needs a `label`: then it takes it itself. */
export function InspectorBody({ label, children }: { label?: string | undefined; children: ReactNode }) {
  return (
    <div className={styles['body']} {...(label ? { tabIndex: 0, role: 'group', 'aria-label': label } : { tabIndex: -1 })}>
      {children}
    </div>
  );
}

interface SectionProps {
  title?: string | undefined;
  /** Muted words at the title's right end: "newest first". */
  aside?: ReactNode;
  children: ReactNode;
}

export function Section({ title, aside, children }: SectionProps) {
  return (
    <section className={styles['section']}>
      {title ? (
        <h3>
          {title}
          {aside ? <span className={styles['aside']}>{aside}</span> : null}
        </h3>
      ) : null}
      {children}
    </section>
  );
}

/** Names at the left, values at the right; put `Fact`s inside. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={styles['facts']}>{children}</dl>;
}

export function Fact({ name, className, children }: { name: ReactNode; className?: string | undefined; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={clsx(className)}>{children}</dd>
    </>
  );
}

/** A muted line below what it explains. */
export function Hint({ id, children }: { id?: string | undefined; children: ReactNode }) {
  return (
    <p id={id} className={styles['hint']}>
      {children}
    </p>
  );
}

/** Actions at the foot. */
export function InspectorFoot({ children }: { children: ReactNode }) {
  return <div className={styles['foot']}>{children}</div>;
}
