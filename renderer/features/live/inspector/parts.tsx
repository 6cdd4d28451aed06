import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import css from './inspector.module.css';

export const closeInspector = (): void => {
  location.hash = '#/live';
};

interface HeadProps {
  mark?: ReactNode;
  title: ReactNode;
  children: ReactNode;
}

export function InspectorHead({ mark, title, children }: HeadProps) {
  return (
    <div className={css['head']}>
      {mark}
      <div className={css['words']}>
        <h2>{title}</h2>
        <span className="small muted num">{children}</span>
      </div>
      <IconButton label="Close" icon={<X size={14} aria-hidden />} onClick={closeInspector} />
    </div>
  );
}

export function Section({ title, aside, children }: { title?: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={css['section']}>
      {title ? (
        <h3>
          {title}
          {aside ? <span className="num">{aside}</span> : null}
        </h3>
      ) : null}
      {children}
    </section>
  );
}

export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={`${css['facts']} num`}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
