import { clsx } from 'clsx';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { MiddleTruncate } from './middle-truncate.tsx';
import styles from './page-head.module.css';

interface PageHeadProps {
  title: string;
  /** The list this page belongs to. */
  parent?: { label: string; href: string } | undefined;
  /** Muted words beside the title: "36 sticky". */
  note?: ReactNode;
  /** Filters beside the title. */
  children?: ReactNode;
  /** Actions at the right edge. */
  aside?: ReactNode;
  /** That edge is the one of an editor's fields, however wide the window is. Default false. */
  overForm?: boolean;
}

/** A screen's first line: where one is, filters, actions. */
export function PageHead({ title, parent, note, children, aside, overForm = false }: PageHeadProps) {
  return (
    <header className={clsx(styles['head'], overForm && styles['overForm'])}>
      {parent ? (
        <span className={styles['crumb']}>
          <a href={parent.href}>{parent.label}</a>
          <ChevronRight size={12} strokeWidth={2} aria-hidden="true" />
        </span>
      ) : null}
      <h1 className={styles['title']}>
        <MiddleTruncate text={title} />
      </h1>
      {note ? <span className={styles['note']}>{note}</span> : null}
      {children}
      {aside ? <div className={styles['aside']}>{aside}</div> : null}
    </header>
  );
}
