import { useEffect, useRef, useState, type MouseEvent } from 'react';
import { Button } from '../../ui/button.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import styles from './design.module.css';
import { Gallery } from './gallery.tsx';
import { showPseudo } from './show-pseudo.ts';

const themes = [
  ['dark', 'Dark'],
  ['light', 'Light'],
] as const;

/** `#/design`: every part of the window in every state it has, in both themes beside each other. Nothing here acts. */
export function DesignScreen() {
  const [now] = useState(() => Date.now());
  const [parts, setParts] = useState<string[]>([]);
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => showPseudo(), []);
  useEffect(() => {
    const first = page.current?.querySelector('[data-theme]')?.querySelectorAll<HTMLElement>('[data-part]') ?? [];
    setParts([...first].map((part) => part.dataset['part'] ?? ''));
  }, []);
  const goTo = (part: string) => page.current?.querySelector(`[data-part="${part}"]`)?.scrollIntoView();
  const onClick = (event: MouseEvent) => {
    // Parts that are links lead to things that stand only on this page.
    if ((event.target as Element).closest('a')) event.preventDefault();
  };
  return (
    <main className="screen">
      <PageHead title="Design system" note="every part, in every state; nothing here acts" />
      <nav className={styles['index']} aria-label="Parts">
        {parts.map((part) => (
          <Button key={part} small look="quiet" onClick={() => goTo(part)}>
            {part}
          </Button>
        ))}
      </nav>
      <div ref={page} className={styles['page']} tabIndex={-1} onClick={onClick}>
        {themes.map(([theme, name]) => (
          <section key={theme} className={styles['theme']} data-theme={theme} aria-label={`${name} theme`}>
            <h2>{name}</h2>
            <Gallery theme={theme} now={now} />
          </section>
        ))}
      </div>
    </main>
  );
}
