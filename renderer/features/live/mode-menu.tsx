import { Check, ChevronDown } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { NodeMode } from '../../../shared/model/config.ts';
import { modeChoices } from '../../ui/segmented.tsx';
import type { ModeControlProps } from './mode-control.tsx';
import css from './mode-menu.module.css';

/** Between the button and the list, and between the list and the window's edges. CSS pixels. */
const gap = 4;
const margin = 8;

/**
 * What the owner wants of a node, where there is no room for the four modes side by side: the one it has, and a list of all with what
 * each would do. Arrow keys move through the list, Enter or Space sets one, Escape leaves all as it is.
 */
export function ModeMenu({ node, mode, pending, onChange, effect, locked = '' }: ModeControlProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const chosen = pending ?? mode;
  const label = modeChoices.find(({ value }) => value === chosen)?.label ?? chosen;
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`${css['button']} ${pending ? css['pending'] : ''} ${open ? css['open'] : ''}`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-busy={pending !== null}
        aria-label={`Mode of ${node}: ${label}`}
        // A press on it while the list is open takes no focus from the list, which would close and open it again.
        onMouseDown={(event) => {
          if (open) event.preventDefault();
        }}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {label}
        <ChevronDown size={12} aria-hidden />
      </button>
      {open ? (
        <ModeList
          anchor={button}
          node={node}
          chosen={chosen}
          effect={effect}
          locked={locked}
          onChoose={(value) => {
            setOpen(false);
            button.current?.focus();
            if (value !== chosen && !locked) onChange(value);
          }}
          onLeave={(refocus) => {
            setOpen(false);
            if (refocus) button.current?.focus();
          }}
        />
      ) : null}
    </>
  );
}

interface ModeListProps extends Pick<ModeControlProps, 'node' | 'effect'> {
  anchor: RefObject<HTMLButtonElement | null>;
  chosen: NodeMode;
  locked: string;
  onChoose: (mode: NodeMode) => void;
  /** @param refocus whether the focus goes back to the button. */
  onLeave: (refocus: boolean) => void;
}

/** In the platform's top layer: no card, scroller or panel cuts it. */
function ModeList({ anchor, node, chosen, effect, locked, onChoose, onLeave }: ModeListProps) {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const leave = useRef(onLeave);
  useEffect(() => {
    leave.current = onLeave;
  });

  useLayoutEffect(() => {
    const element = list.current!;
    element.showPopover();
    const from = anchor.current!.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    const below = from.bottom + gap + height <= innerHeight - margin;
    const left = Math.max(margin, Math.min(from.left, innerWidth - width - margin));
    const top = below ? from.bottom + gap : Math.max(margin, from.top - gap - height);
    Object.assign(element.style, { left: `${left}px`, top: `${top}px` });
    element.querySelector<HTMLElement>('[aria-checked=true]')?.focus({ preventScroll: true });
  }, [anchor]);

  useEffect(() => {
    // It stands where the button was: what moves the button away closes it.
    const { left, top } = anchor.current!.getBoundingClientRect();
    const onMoved = () => {
      const now = anchor.current?.getBoundingClientRect();
      if (now?.left !== left || now.top !== top) leave.current(false);
    };
    addEventListener('scroll', onMoved, true);
    addEventListener('resize', onMoved);
    return () => {
      removeEventListener('scroll', onMoved, true);
      removeEventListener('resize', onMoved);
    };
  }, [anchor]);

  const onKeyDown = (event: KeyboardEvent) => {
    const items = [...list.current!.querySelectorAll<HTMLElement>('[role=menuitemradio]')];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const letter = event.key.length === 1 ? modeChoices.findIndex(({ value }) => value.startsWith(event.key.toLowerCase())) : -1;
    const next = {
      ...{ ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length },
      ...{ Home: 0, End: items.length - 1 },
    }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') onLeave(true);
    else if (next === undefined && letter < 0) return;
    else items[next ?? letter]?.focus();
    // From the button on Tab goes where it always went.
    if (event.key !== 'Tab') event.preventDefault();
  };

  return (
    <div
      ref={list}
      popover="manual"
      role="menu"
      aria-label={`Mode of ${node}`}
      className={css['list']}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget) && event.relatedTarget !== anchor.current) onLeave(false);
      }}
    >
      {modeChoices.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          role="menuitemradio"
          aria-checked={value === chosen}
          aria-disabled={locked !== '' || undefined}
          aria-describedby={`${id}${value}`}
          tabIndex={-1}
          className={css['item']}
          onClick={() => onChoose(value)}
        >
          <span className={css['label']}>
            {label}
            {value === chosen ? <Check size={12} strokeWidth={2.5} aria-hidden /> : null}
          </span>
          <span id={`${id}${value}`} className={css['effect']}>
            {locked || effect(value)}
          </span>
        </button>
      ))}
    </div>
  );
}
