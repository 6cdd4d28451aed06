import { clsx } from 'clsx';
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './button.module.css';

/** Buttons are neutral: colour is kept for observed state. `primary` is the one action of a screen. */
export type ButtonLook = 'plain' | 'primary' | 'quiet';

interface Look {
  look?: ButtonLook | undefined;
  /** 26 px high instead of 32. */
  small?: boolean | undefined;
}

/** The class of a button, for links that look like one. */
export function buttonClass({ look = 'plain', small = false }: Look, extra?: string): string {
  return clsx(styles['button'], small && styles['small'], look !== 'plain' && styles[look], extra);
}

/** A button of type `button`, unless told otherwise. */
export function Button({ look, small, className, ...rest }: Look & ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type="button" className={buttonClass({ look, small }, className)} {...rest} />;
}

/** A link that looks like a button. */
export function ButtonLink({ look, small, className, children, ...rest }: Look & AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a className={buttonClass({ look, small }, className)} {...rest}>
      {children}
    </a>
  );
}

interface IconButtonProps extends Look, Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  /** What it does, for readers and as the tooltip. */
  label: string;
  icon: ReactNode;
}

/** A square button with an icon; its label is its name and its tooltip. */
export function IconButton({ label, icon, look = 'quiet', small = true, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={buttonClass({ look, small }, clsx(styles['iconOnly'], className))}
      {...rest}
    >
      {icon}
    </button>
  );
}
