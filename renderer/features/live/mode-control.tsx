import { type KeyboardEvent, useRef, useState } from 'react';
import type { NodeMode } from '../../../shared/model/config.ts';
import { modeChoices } from '../../ui/segmented.tsx';
import css from './mode-control.module.css';

interface ModeControlProps {
  /** The node's name, for readers. */
  node: string;
  mode: NodeMode;
  /** Set while a change is on its way: the mode asked for. */
  pending: NodeMode | null;
  onChange: (mode: NodeMode) => void;
  compact?: boolean;
}

const modes = modeChoices.map((choice) => choice.value);

const meanings: Record<NodeMode, string> = {
  accept: 'takes new clients',
  drain: 'keeps its clients, takes no new ones',
  backup: 'takes clients only when no other node does',
  reject: 'takes nothing, is not checked',
};

/**
 * What the owner wants of a node. Arrow keys move between the four, Space or Enter sets one: going past a mode must not set it,
 * because each acts on live traffic at once.
 */
export function ModeControl({ node, mode, pending, onChange, compact = false }: ModeControlProps) {
  const parts = useRef<(HTMLButtonElement | null)[]>([]);
  const [at, setAt] = useState<number | null>(null);
  const chosen = pending ?? mode;
  const focusable = at ?? modes.indexOf(chosen);

  const onKeyDown = (event: KeyboardEvent) => {
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
      role="radiogroup"
      aria-label={`Mode of ${node}`}
      aria-busy={pending !== null}
      className={`${css['group']} ${compact ? css['compact'] : ''}`}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setAt(null);
      }}
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
          tabIndex={i === focusable ? 0 : -1}
          title={`${label}: ${meanings[value]}`}
          className={`${css['part']} ${value === chosen ? css['on'] : ''} ${value === pending ? css['pending'] : ''}`}
          onFocus={() => setAt(i)}
          onClick={(event) => {
            event.stopPropagation();
            if (value !== chosen) onChange(value);
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
