import { useEffect, useEffectEvent } from 'react';
import { screenShortcuts, isMac } from './shortcuts.ts';

export interface ShortcutActions {
  palette(): void;
  help(): void;
  find(): void;
  pause(): void;
  present(): void;
  /** @returns whether there was anything to take back. */
  undo(): boolean;
}

/** The second letter of "g p" must come within this long. Milliseconds. */
const sequenceMs = 1_200;

/** What takes letters for itself: fields, and lists that are typed in to find an entry. */
const takesLetters =
  'input:not([type=radio],[type=checkbox],[type=range],[type=button]), textarea, select, [contenteditable], [role=combobox], [role=listbox], [role=menu]';

/** Listens for the window's shortcuts. Nothing happens while somebody types, or while a question is open. */
export function useShortcuts(actions: ShortcutActions): void {
  const run = useEffectEvent((event: KeyboardEvent, sequence: { since: number }) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    const typing = event.target instanceof Element && event.target.closest(takesLetters) !== null;
    const mod = isMac ? event.metaKey : event.ctrlKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const done = () => event.preventDefault();
    if (mod && !event.altKey && !event.shiftKey) {
      // No letter is typed with it, so a field has no use for it.
      if (key === 'k') {
        done();
        actions.palette();
      } else if (key === 'z' && !typing && actions.undo()) done();
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const second = performance.now() - sequence.since < sequenceMs;
    sequence.since = -sequenceMs;
    if (second) {
      const target = screenShortcuts.find((one) => one.key === key);
      if (!target) return;
      done();
      location.hash = `#/${target.screen}`;
      return;
    }
    switch (key) {
      case 'g':
        sequence.since = performance.now();
        return;
      case '?':
        done();
        return actions.help();
      case '/':
        done();
        return actions.find();
      case 'p':
        done();
        return actions.pause();
      case 'f':
        done();
        return actions.present();
    }
  });
  useEffect(() => {
    const sequence = { since: -sequenceMs };
    const onKey = (event: KeyboardEvent) => run(event, sequence);
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
