import { type ScreenId, screenIds } from '../router.ts';

/** The letter after g that leads to a screen. */
const screenKeys: Partial<Record<string, string>> = {
  live: 'l',
  timeline: 'e',
  pools: 'p',
  listeners: 'i',
  clients: 'c',
  traffic: 't',
  requests: 'r',
  certificates: 'k',
  lab: 'b',
  settings: 's',
};

/** A screen as the palette and readers call it. */
export const screenName = (screen: ScreenId): string =>
  screen === 'design' ? 'Design system' : screen.charAt(0).toUpperCase() + screen.slice(1);

/** The screens that are there, with their names and letters. */
export const screenShortcuts: { screen: ScreenId; name: string; key: string | undefined }[] = screenIds.map((screen) => ({
  screen,
  name: screenName(screen),
  key: screenKeys[screen],
}));

export interface Shortcut {
  /** Pressed one after the other; "Mod" is ⌘ on a Mac, Ctrl elsewhere, and is held. */
  keys: string[];
  words: string;
}

/** Everything the keyboard does wherever it stands. */
export const shortcutGroups: { title: string; shortcuts: Shortcut[] }[] = [
  {
    title: 'Anywhere',
    shortcuts: [
      { keys: ['Mod', 'K'], words: 'Command palette' },
      { keys: ['?'], words: 'This help' },
      { keys: ['/'], words: 'Find on this screen, or else a client' },
      { keys: ['p'], words: 'Pause or resume the view, or a replay' },
      { keys: ['f'], words: 'Present, for a projector' },
      { keys: ['Mod', 'Z'], words: 'Undo a mode change, while its message stands' },
      { keys: ['Esc'], words: 'Close what is open, leave presenting' },
    ],
  },
  {
    title: 'Go to',
    shortcuts: screenShortcuts.flatMap(({ name, key }) => (key ? [{ keys: ['g', key], words: name }] : [])),
  },
  {
    title: 'In the Timeline’s lanes',
    shortcuts: [
      { keys: ['←'], words: 'Earlier; with Shift by a tenth of a second' },
      { keys: ['→'], words: 'Later; with Shift by a tenth of a second' },
      { keys: ['PageUp'], words: 'The event before' },
      { keys: ['PageDown'], words: 'The event after' },
      { keys: ['Home'], words: 'The beginning; End: the end' },
      { keys: ['+'], words: 'Zoom in; - out, 0 all of it' },
    ],
  },
  {
    title: 'In a mode control',
    shortcuts: [
      { keys: ['←'], words: 'The mode before: says what it will do' },
      { keys: ['→'], words: 'The mode after: says what it will do' },
      { keys: ['Space'], words: 'Set it' },
    ],
  },
];

export const isMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac');

/** A key as it stands on this machine's keyboard. */
export const keyName = (key: string): string => (key !== 'Mod' ? key : isMac ? '⌘' : 'Ctrl');
