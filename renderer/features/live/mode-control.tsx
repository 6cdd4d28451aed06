import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { NodeMode } from '../../../shared/model/config.ts';
import { modeChoices } from '../../ui/segmented.tsx';
import css from './mode-control.module.css';

export interface ModeControlProps {
  /** The node's name, for readers. */
  node: string;
  mode: NodeMode;
  /** Set while a change is on its way: the mode asked for. */
  pending: NodeMode | null;
  onChange: (mode: NodeMode) => void;
  /** What a mode would do, in words: told before it is set. */
  effect: (mode: NodeMode) => string;
  /** Why it cannot be changed from here; empty when it can. Default empty. */
  locked?: string;
}

const modes = modeChoices.map((choice) => choice.value);

/**
 * What the owner wants of a node. Arrow keys move between the four, Space or Enter sets one: going past a mode must not set it,
 * because each acts on live traffic at once. The mode under the pointer or the focus says what it will do.
 */
export function ModeControl({
  node,
  mode,
  pending,
  onChange,
  effect,
  compact = false,
  locked = '',
}: ModeControlProps & { compact?: boolean }) {
  const parts = useRef<(HTMLButtonElement | null)[]>([]);
  const hint = useId();
  const [at, setAt] = useState<number | null>(null);
  const [told, setTold] = useState<NodeMode | null>(null);
  const chosen = pending ?? mode;
  const focusable = at ?? modes.indexOf(chosen);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && told !== null) {
      event.preventDefault();
      setTold(null);
      return;
    }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const end = event.key === 'Home' ? 0 : event.key === 'End' ? modes.length - 1 : undefined;
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    const next = end ?? (focusable + step! + modes.length) % modes.length;
    setAt(next);
    parts.current[next]?.focus();
  };

  return (
    <div
      className={`${css['control']} ${compact ? css['compact'] : ''} ${locked ? css['locked'] : ''}`}
      onKeyDown={onKeyDown}
      onPointerLeave={() => setTold(null)}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        setAt(null);
        setTold(null);
      }}
    >
      <div
        role="radiogroup"
        aria-label={`Mode of ${node}`}
        aria-busy={pending !== null}
        aria-disabled={locked !== '' || undefined}
        className={css['group']}
      >
        {modeChoices.map(({ value, label }, i) => (
          <button
            key={value}
            ref={(element) => {
              parts.current[i] = element;
            }}
            type="button"
            role="radio"
            aria-checked={value === chosen}
            aria-describedby={told === value ? hint : undefined}
            tabIndex={i === focusable ? 0 : -1}
            className={`${css['part']} ${value === chosen ? css['on'] : ''} ${value === pending ? css['pending'] : ''}`}
            onFocus={(event) => {
              setAt(i);
              // A press focuses too; what it does is told by the message it leads to.
              if (event.currentTarget.matches(':focus-visible')) setTold(value);
            }}
            onPointerEnter={() => setTold(value)}
            onClick={(event) => {
              event.stopPropagation();
              setTold(null);
              if (value !== chosen && !locked) onChange(value);
            }}
          >
            {label}
          </button>
        ))}
      </div>
      {told === null ? null : (
        <div role="tooltip" id={hint} className={css['hint']}>
          {locked || effect(told)}
        </div>
      )}
    </div>
  );
}
