import { type ReactNode, useEffect, useRef } from 'react';
import styles from './design.module.css';

/** A part of the design system, its name above all its states. */
export function Part({ name, note, children }: { name: string; note?: string | undefined; children: ReactNode }) {
  return (
    <section className={styles['part']} data-part={name}>
      <h3>{name}</h3>
      {note ? <p className="muted small">{note}</p> : null}
      <div className={styles['specimens']}>{children}</div>
    </section>
  );
}

interface SpecimenProps {
  /** The state it is shown in: "Rest", "Hover". */
  state: string;
  /** Draw it as under the pointer, with the keyboard's focus or pressed. */
  show?: 'hover' | 'focus' | 'active' | undefined;
  /** Which control inside, where there are several. A CSS selector. */
  on?: string | undefined;
  /** As wide as the column. */
  wide?: boolean | undefined;
  children: ReactNode;
}

const controls = 'button, a, input, select, textarea, [tabindex]';

/** One state of a part, with its name below. */
export function Specimen({ state, show, on = controls, wide, children }: SpecimenProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!show) return;
    // The pointer is over all that surrounds what it is over.
    for (let at = ref.current?.querySelector(on); at && at !== ref.current; at = show === 'hover' ? at.parentElement : null)
      at.setAttribute('data-show', show);
  });
  return (
    <figure className={wide ? styles['wide'] : styles['specimen']}>
      <div ref={ref}>{children}</div>
      <figcaption>{state}</figcaption>
    </figure>
  );
}
