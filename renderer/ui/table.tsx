import { clsx } from 'clsx';
import type { HTMLAttributes, ReactNode, Ref, TdHTMLAttributes, ThHTMLAttributes } from 'react';
import { type EffectiveState, stateLooks } from './effective-state.ts';
import type { Column } from './fitting-columns.ts';
import { MiddleTruncate } from './middle-truncate.tsx';
import { StateRing } from './state-ring.tsx';
import styles from './table.module.css';
import { inRem } from './text-scale.ts';

interface TableProps extends HTMLAttributes<HTMLTableElement> {
  /** Those to draw, as `useFittingColumns` gives them. Narrower than their sum the table is moved sideways. */
  columns: readonly Column[];
}

/** A table with fixed columns. Its head stays in view while it scrolls. */
export function Table({ className, columns, children, ...rest }: TableProps) {
  const minWidth = columns.reduce((sum, { width }) => sum + Math.floor(width), 0);
  return (
    <table className={clsx(styles['table'], styles['sticky'], className)} style={{ minWidth: inRem(minWidth) }} {...rest}>
      <colgroup>
        {columns.map(({ id, width }) => (
          <col key={id} style={{ width: inRem(width) }} />
        ))}
      </colgroup>
      {children}
    </table>
  );
}

/** A table of fields in a form: rows of 40 px, one `tbody` an entry, as wide as the form. Give it a `<colgroup>`. */
export function FieldTable({ children }: { children: ReactNode }) {
  return <table className={clsx(styles['table'], styles['fields'])}>{children}</table>;
}

interface CellLook {
  /** Right-aligned, as numbers are. */
  right?: boolean | undefined;
  muted?: boolean | undefined;
}

export function Th({ right, className, ...rest }: ThHTMLAttributes<HTMLTableCellElement> & Pick<CellLook, 'right'>) {
  return <th scope="col" className={clsx(right && styles['right'], className)} {...rest} />;
}

export function Td({ right, muted, className, ...rest }: TdHTMLAttributes<HTMLTableCellElement> & CellLook) {
  return <td className={clsx(right && styles['right'], muted && styles['muted'], className)} {...rest} />;
}

interface RowProps extends HTMLAttributes<HTMLTableRowElement> {
  selected?: boolean | undefined;
  /** The row holds one link (`RowLink`) that the whole row follows. */
  linked?: boolean | undefined;
  /** 48 px high instead of 32. */
  tall?: boolean | undefined;
}

export function Row({ selected, linked, tall, className, ...rest }: RowProps) {
  return <tr className={clsx(selected && styles['selected'], linked && styles['linked'], tall && styles['tall'], className)} {...rest} />;
}

/** The link of a linked row; a click anywhere in the row follows it. */
export function RowLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a className={styles['rowLink']} href={href}>
      {children}
    </a>
  );
}

interface TableScrollProps extends HTMLAttributes<HTMLDivElement> {
  ref?: Ref<HTMLDivElement>;
  /** Names the region and lets it take the focus, so that keys scroll it. Needed where rows hold nothing that takes it. */
  label?: string | undefined;
  /** For rows that are renewed many times a second. */
  contained?: boolean | undefined;
}

/** What a table scrolls in: all the height a screen has left. */
export function TableScroll({ ref, label, contained, className, ...rest }: TableScrollProps) {
  return (
    <div
      ref={ref}
      className={clsx(styles['scroll'], contained && styles['contained'], className)}
      {...(label ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}
      {...rest}
    />
  );
}

/** Several things beside each other in a cell: a ring, a name, a tag. */
export function CellItems({ children }: { children: ReactNode }) {
  return <span className={styles['items']}>{children}</span>;
}

/** A node in a cell. A healthy one is silent: its name is enough. Any other state shows its ring and its word. */
export function NodeInCell({ name, state }: { name: string; state?: EffectiveState | undefined }) {
  const look = state && state !== 'healthy' ? stateLooks[state] : undefined;
  return (
    <span className={styles['node']}>
      {look && state ? <StateRing state={state} size={14} /> : null}
      <MiddleTruncate text={name} keep={4} />
      {look ? <span className={`${look.className} small`}>{look.word}</span> : null}
    </span>
  );
}

/** Stands for the rows of a virtual list that are out of view. `height` in pixels. */
export function GapRow({ columns, height }: { columns: number; height: number }) {
  return (
    <tr aria-hidden="true" className={styles['gap']}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

/** The line under a table: how much of it is in view, and what is good to know of it. */
export function TableFoot({ children, ...rest }: HTMLAttributes<HTMLElement>) {
  return (
    <footer {...rest} className={styles['foot']}>
      {children}
    </footer>
  );
}
