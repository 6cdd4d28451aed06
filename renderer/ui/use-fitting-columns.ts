import { useCallback, useMemo, useRef, useState, type RefObject } from 'react';
import { fittingColumns, type Column } from './fitting-columns.ts';
import { useTextScale } from './text-scale.ts';

export interface Fitting<C extends Column> {
  /** To be the `ref` of what the table scrolls in: its width is the room there is. */
  measure: (box: HTMLDivElement) => () => void;
  /** What the table scrolls in. */
  scroller: RefObject<HTMLDivElement | null>;
  shown: readonly C[];
  /** The same function while the same columns are shown. */
  has: (id: C['id']) => boolean;
}

/** Those of `columns` (the same array while they are the same) that fit into what the table scrolls in; follows its width. */
export function useFittingColumns<C extends Column>(columns: readonly C[]): Fitting<C> {
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  const scale = useTextScale();
  const scroller = useRef<HTMLDivElement>(null);
  const measure = useCallback((box: HTMLDivElement) => {
    scroller.current = box;
    const look = () => setWidth(box.clientWidth);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box);
    return () => {
      observer.disconnect();
      scroller.current = null;
    };
  }, []);
  const { shown, has } = useMemo(() => {
    const fitting = fittingColumns(columns, Math.floor(width / scale));
    const ids = new Set<string>(fitting.map(({ id }) => id));
    return { shown: fitting, has: (id: C['id']) => ids.has(id) };
  }, [columns, width, scale]);
  return { measure, scroller, shown, has };
}
