import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import styles from './sort-head.module.css';
import { Th } from './table.tsx';

export interface Sorting<C extends string> {
  by: C;
  order: 'asc' | 'desc';
}

interface SortHeadProps<C extends string> {
  column: C;
  /** What the column holds. */
  children: string;
  sorting: Sorting<C> | null;
  /** null: the list's own order again. */
  onSort: (sorting: Sorting<C> | null) => void;
  /** The order a first press gives: numbers are mostly asked for from the largest. Default asc. */
  first?: 'asc' | 'desc' | undefined;
  right?: boolean | undefined;
  /** How it is counted, as a tooltip. */
  title?: string | undefined;
}

/** A column's head that sorts by it: once, the other way round, and not any more. */
export function SortHead<C extends string>({ column, children, sorting, onSort, first = 'asc', right, title }: SortHeadProps<C>) {
  const order = sorting?.by === column ? sorting.order : undefined;
  const shown = order ?? first;
  const Arrow = shown === 'asc' ? ArrowUp : ArrowDown;
  const press = () =>
    onSort(
      order === undefined ? { by: column, order: first } : order === first ? { by: column, order: first === 'asc' ? 'desc' : 'asc' } : null,
    );
  return (
    <Th right={right} aria-sort={order === undefined ? 'none' : order === 'asc' ? 'ascending' : 'descending'}>
      <button
        type="button"
        title={title}
        className={clsx(styles['button'], order && styles['sorted'], right && styles['before'])}
        onClick={press}
      >
        {children}
        <Arrow size={12} strokeWidth={2} aria-hidden="true" />
      </button>
    </Th>
  );
}
