import { clsx } from 'clsx';
import type { HTMLAttributes, TdHTMLAttributes, ThHTMLAttributes } from 'react';
import styles from './table.module.css';

/** A table with fixed columns; give it a `<colgroup>`. Its head stays in view while it scrolls. */
export function Table({ className, ...rest }: HTMLAttributes<HTMLTableElement>) {
  return <table className={clsx(styles['table'], styles['sticky'], className)} {...rest} />;
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
export function RowLink({ href, children }: { href: string; children: React.ReactNode }) {
  return (
    <a className={styles['rowLink']} href={href}>
      {children}
    </a>
  );
}
