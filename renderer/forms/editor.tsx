import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useDraft } from '../stores/context.tsx';
import { ChangedDot } from '../ui/field.tsx';
import { textScale } from '../ui/text-scale.ts';
import styles from './editor.module.css';

export interface EditorSection {
  id: string;
  title: string;
  lead?: string | undefined;
  /** Paths whose changes and mistakes the section holds; each counts for what lies below it, too. */
  paths: readonly string[];
  content: ReactNode;
}

function within(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`));
}

function TocEntry({ section, current, onGo }: { section: EditorSection; current: boolean; onGo: () => void }) {
  const toFix = useDraft((s) => s.issues.filter((issue) => within(issue.path, section.paths)).length);
  const changed = useDraft((s) => s.changes.some((change) => within(change.path, section.paths)));
  return (
    <button type="button" aria-current={current ? 'location' : undefined} onClick={onGo}>
      {section.title}
      {changed && toFix === 0 ? <ChangedDot /> : null}
      {toFix > 0 ? <b className={styles['toFix']}>{toFix} to fix</b> : null}
    </button>
  );
}

/** A long form in sections, with a list of them that says where something is changed or to be fixed. */
export function Editor({ label, sections }: { label: string; sections: readonly EditorSection[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(sections[0]?.id);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const onScroll = () => {
      const top = box.getBoundingClientRect().top + 80 * textScale();
      const atEnd = box.scrollTop > 0 && box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
      const all = [...box.querySelectorAll<HTMLElement>('section')];
      const passed = all.filter((section) => section.getBoundingClientRect().top <= top);
      const at = atEnd ? all.at(-1) : (passed.at(-1) ?? all[0]);
      setCurrent(at?.dataset['section']);
    };
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => box.removeEventListener('scroll', onScroll);
  }, []);

  const go = (id: string) => {
    const section = scroller.current?.querySelector<HTMLElement>(`section[data-section="${id}"]`);
    const box = scroller.current;
    if (box && section) box.scrollTo({ top: section.offsetTop - 8 * textScale() });
    section?.querySelector<HTMLElement>('input, select, textarea, button')?.focus({ preventScroll: true });
    setCurrent(id);
  };

  return (
    <div className={styles['editor']}>
      <nav className={styles['toc']} aria-label="Sections">
        {sections.map((section) => (
          <TocEntry key={section.id} section={section} current={section.id === current} onGo={() => go(section.id)} />
        ))}
      </nav>
      <div ref={scroller} className={styles['scroll']}>
        <form className={styles['form']} aria-label={label} noValidate onSubmit={(event) => event.preventDefault()}>
          {sections.map((section) => (
            <section key={section.id} data-section={section.id} className={styles['section']} aria-labelledby={`section-${section.id}`}>
              <h2 id={`section-${section.id}`}>{section.title}</h2>
              {section.lead ? <p className={styles['lead']}>{section.lead}</p> : null}
              {section.content}
            </section>
          ))}
        </form>
      </div>
    </div>
  );
}

/** Rows of fields and switches under each other. */
export function FieldStack({ children }: { children: ReactNode }) {
  return <div className={styles['stack']}>{children}</div>;
}

/** A row of fields in four columns. */
export function FieldGrid({ children }: { children: ReactNode }) {
  return <div className={styles['grid']}>{children}</div>;
}

/** Widths of a field in a `FieldGrid`. */
export const span = { two: styles['two']!, three: styles['three']!, whole: styles['whole']! } as const;

/** Words beside fields, at the height of their hints. */
export function FieldAside({ children, className = span.three }: { children: ReactNode; className?: string }) {
  return <p className={`${styles['aside']} ${className}`}>{children}</p>;
}
