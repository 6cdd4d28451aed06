import { type KeyboardEvent, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/select.tsx';
import styles from './pin-control.module.css';

interface PinControlProps {
  nodes: readonly { id: string; label: string }[];
  /** The node pinned to; empty: not pinned. */
  value: string;
  disabled: boolean;
  onPin: (node: string) => void;
}

/** More nodes than this do not fit beside each other. */
const maxParts = 3;
const label = 'Pin to a node';

/** Arrow keys move through the nodes, Space or Enter pins: passing one must not move a client. */
function Parts({ choices, value, disabled, onPin }: { choices: { value: string; label: string }[] } & Omit<PinControlProps, 'nodes'>) {
  const parts = useRef<(HTMLButtonElement | null)[]>([]);
  const [at, setAt] = useState<number | null>(null);
  const focusable =
    at ??
    Math.max(
      0,
      choices.findIndex((choice) => choice.value === value),
    );
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const end = event.key === 'Home' ? 0 : event.key === 'End' ? choices.length - 1 : undefined;
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = end ?? (focusable + step! + choices.length) % choices.length;
    setAt(next);
    parts.current[next]?.focus();
  };
  return (
    <div
      role="radiogroup"
      aria-label={label}
      aria-busy={disabled}
      className={styles['group']}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setAt(null);
      }}
    >
      {choices.map((choice, i) => (
        <button
          key={choice.value}
          ref={(element) => {
            parts.current[i] = element;
          }}
          type="button"
          role="radio"
          aria-checked={choice.value === value}
          aria-disabled={disabled}
          tabIndex={i === focusable ? 0 : -1}
          title={choice.label}
          className={styles['part']}
          onFocus={() => setAt(i)}
          onClick={() => {
            if (!disabled && choice.value !== value) onPin(choice.value);
          }}
        >
          <span className="ellipsis">{choice.label}</span>
        </button>
      ))}
    </div>
  );
}

/** A list to choose from, and a button: a closed list changes its choice with every arrow key. */
function List({ choices, value, disabled, onPin }: { choices: { value: string; label: string }[] } & Omit<PinControlProps, 'nodes'>) {
  const [chosen, setChosen] = useState(value);
  const [of, setOf] = useState(value);
  if (of !== value) {
    setOf(value);
    setChosen(value);
  }
  return (
    <form
      className={styles['list']}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== value) onPin(chosen);
      }}
    >
      <Select label={label} hideLabel small choices={choices} value={chosen} onChange={setChosen} />
      <Button small type="submit" disabled={disabled || chosen === value}>
        {chosen === '' && value !== '' ? 'Take the pin off' : 'Pin'}
      </Button>
    </form>
  );
}

/** Which node a client is pinned to, if any. */
export function PinControl({ nodes, ...rest }: PinControlProps) {
  const choices = [{ value: '', label: 'Not pinned' }, ...nodes.map((node) => ({ value: node.id, label: node.label }))];
  return nodes.length <= maxParts ? <Parts choices={choices} {...rest} /> : <List choices={choices} {...rest} />;
}
