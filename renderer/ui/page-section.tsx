import { clsx } from 'clsx';
import type { ReactNode, Ref } from 'react';
import styles from './page-section.module.css';

/** A page of sections under each other that scrolls; `columns`: two beside each other where it is wide. */
export function SectionPage({ columns = false, children }: { columns?: boolean; children: ReactNode }) {
  return <div className={styles['page']}>{columns ? <div className={styles['columns']}>{children}</div> : children}</div>;
}

interface PageSectionProps {
  ref?: Ref<HTMLElement>;
  /** Of its heading, unique on the page. */
  id: string;
  title: string;
  /** Beside the heading, at the right edge. */
  aside?: ReactNode;
  children: ReactNode;
}

/** One section of a page, under a line and its heading. */
export function PageSection({ ref, id, title, aside, children }: PageSectionProps) {
  const heading = <h2 id={id}>{title}</h2>;
  return (
    <section ref={ref} className={styles['section']} aria-labelledby={id}>
      {aside ? (
        <div className={styles['bar']}>
          {heading}
          {aside}
        </div>
      ) : (
        heading
      )}
      {children}
    </section>
  );
}

/** Names and what they are, in two columns: `<dt>` and `<dd>`. */
export function FactList({ className, children }: { className?: string | undefined; children: ReactNode }) {
  return <dl className={clsx(styles['facts'], className)}>{children}</dl>;
}
