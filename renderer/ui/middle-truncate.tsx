import { clsx } from 'clsx';
import styles from './middle-truncate.module.css';

interface MiddleTruncateProps {
  text: string;
  /** Characters at the end that always stay: a number, a port. Default 6. */
  keep?: number | undefined;
  /** Shortens what is only a little longer than that, too: for a place where even short text may not fit. Default false. */
  always?: boolean | undefined;
  className?: string | undefined;
}

/** Shortens in the middle, so that the end (number, port) stays; the full text is the tooltip. */
export function MiddleTruncate({ text, keep = 6, always = false, className }: MiddleTruncateProps) {
  // Parted text loses the kerning at the seam, so what is short stays whole.
  const split = text.length > keep + (always ? 1 : 8) ? text.length - keep : 0;
  return (
    <span className={clsx(styles['whole'], className)} title={text}>
      {split > 0 ? <span className={styles['head']}>{text.slice(0, split)}</span> : null}
      <span className={split > 0 ? styles['tail'] : styles['short']}>{text.slice(split)}</span>
    </span>
  );
}
