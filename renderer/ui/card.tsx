import { clsx } from 'clsx';
import type { HTMLAttributes } from 'react';
import styles from './card.module.css';

interface CardLook {
  /** `strong`: stands within a page of fields, whose edges are as strong. Default `faint`. */
  edge?: 'faint' | 'strong' | undefined;
  /** Fields under each other, with room around them. Without it the card has no room of its own. */
  form?: boolean | undefined;
}

interface CardProps extends HTMLAttributes<HTMLElement>, CardLook {
  as?: 'div' | 'section' | 'dl';
}

/** The classes of a card, for what is one only at times and must stay the same element. */
export const cardClass = ({ edge = 'faint', form = false }: CardLook): string =>
  clsx(styles['card'], edge === 'strong' && styles['strong'], form && styles['form']);

/** A ground with an edge around what belongs together. */
export function Card({ as: Tag = 'div', edge, form, className, ...rest }: CardProps) {
  return <Tag className={clsx(cardClass({ edge, form }), className)} {...rest} />;
}
