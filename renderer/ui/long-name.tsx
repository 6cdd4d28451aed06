import styles from './long-name.module.css';
import { twoParts } from './two-parts.ts';

interface LongNameProps {
  text: string;
  /** Characters of the second line: what the narrowest place has room for. */
  longest: number;
  /** Default `name`. */
  what?: 'name' | 'address';
}

/** Both ends of a name or an address: in one line where there is room, else in two; of one too long for that the first ends in dots. */
export function LongName({ text, longest, what = 'name' }: LongNameProps) {
  const [head, end] = twoParts(text, longest, what);
  return (
    <span className={styles['long']} title={text}>
      <span>{head}</span>
      <span>{end}</span>
    </span>
  );
}
