import type { ReactNode } from 'react';
import { Fact, Facts, InspectorHead } from '../../../ui/inspector.tsx';

export const closeInspector = (): void => {
  location.hash = '#/live';
};

/** Characters of the second line of a long name in the head. */
export const titleLine = 12;

interface HeadProps {
  mark?: ReactNode;
  title: ReactNode;
  /** `mono` for a client's key. */
  look?: 'mono';
  children: ReactNode;
}

/** Who is inspected beside the map. */
export function MapInspectorHead({ children, ...head }: HeadProps) {
  return (
    <InspectorHead {...head} onClose={closeInspector}>
      {children}
    </InspectorHead>
  );
}

/** Facts out of a list. */
export function FactList({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <Facts>
      {facts.map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </Facts>
  );
}
