import type { JournalEntry } from '../../shared/model/journal.ts';

/** What can be announced; each kind has a switch of its own in the settings. */
export type NoticeKind = 'nodes' | 'allDown' | 'certificates';

/** What the system is to show. */
export interface Notice {
  kind: NoticeKind;
  title: string;
  body: string;
  /** The moment it is about, which a click leads to. Milliseconds since the epoch. */
  at: number;
}

export interface NoticesOptions {
  now(): number;
  /** Runs `fn` once after `ms`. @returns a function that calls it off. */
  after(ms: number, fn: () => void): () => void;
  /** Whether this kind may be announced now: its switch, quiet hours. */
  wanted(kind: NoticeKind): boolean;
  /** Somebody looks at the window, and sees it there. */
  isWatched(): boolean;
  /** A node as its owner calls it. */
  nodeName(pool: string, node: string): string;
  show(notice: Notice): void;
}

/** What happens within this long is one announcement. Milliseconds. */
export const groupMs = 3_000;
/** Between two announcements of a kind at least this long; what happens meanwhile waits and is grouped. Milliseconds. */
export const pauseMs = 30_000;
/** Names in one announcement; the rest is counted. */
const mostNames = 4;

interface Happening {
  name: string;
  at: number;
  reason: string;
  /** Every state it went through, in order. */
  went: ('down' | 'up')[];
}

const sentence = (text: string): string => (text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(', ');
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
}

/** Turns facts into few, grouped announcements. Knows no window and no system; time and what is wanted are given to it. */
export class Notices {
  readonly #options: NoticesOptions;
  /** Nodes that went down and have not come back. */
  readonly #down = new Set<string>();
  readonly #nodes = new Map<string, Happening>();
  readonly #dark = new Map<string, { at: number; why: string }>();
  readonly #timers = new Map<NoticeKind, () => void>();
  readonly #shownAt = new Map<NoticeKind, number>();
  #restartTold = Number.NEGATIVE_INFINITY;

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** A node went down or came back. Other facts are nobody's news. */
  fact({ kind, pool = '', node = '', time, reason = '' }: Pick<JournalEntry, 'kind' | 'pool' | 'node' | 'time' | 'reason'>): void {
    if (kind !== 'node.down' && kind !== 'node.up') return;
    const key = `${pool}/${node}`;
    // A node whose first check passes has not come back from anywhere.
    if (kind === 'node.up' && !this.#down.delete(key)) return;
    if (kind === 'node.down') this.#down.add(key);
    const known = this.#nodes.get(key) ?? { name: this.#options.nodeName(pool, node), at: time, reason: '', went: [] };
    known.went.push(kind === 'node.down' ? 'down' : 'up');
    if (kind === 'node.down') known.reason = reason;
    this.#nodes.set(key, known);
    this.#soon('nodes', () => {
      this.#tellNodes();
    });
  }

  /** A listener has nobody to send to any more, or cannot be reached. @param why in words, without a full stop. */
  wentDark(listener: string, why: string): void {
    this.#dark.set(listener, { at: this.#options.now(), why });
    this.#soon('allDown', () => {
      this.#tellDark();
    });
  }

  /** It serves again: within the group it is no news. */
  serves(listener: string): void {
    this.#dark.delete(listener);
  }

  /** The engine's thread ended and another was started; a thread that dies again and again is told of once in a while. */
  engineRestarted(reason: string, at: number): void {
    if (at - this.#restartTold < pauseMs) return;
    this.#restartTold = at;
    this.#show({ kind: 'allDown', title: 'The engine was restarted', body: sentence(reason), at });
  }

  /** A certificate that ends soon. @returns whether it was shown. */
  certificate(title: string, body: string): boolean {
    return this.#show({ kind: 'certificates', title, body, at: this.#options.now() });
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #soon(kind: NoticeKind, tell: () => void): void {
    if (this.#timers.has(kind)) return;
    const sinceLast = this.#options.now() - (this.#shownAt.get(kind) ?? Number.NEGATIVE_INFINITY);
    const cancel = this.#options.after(Math.max(groupMs, pauseMs - sinceLast), () => {
      this.#timers.delete(kind);
      tell();
    });
    this.#timers.set(kind, cancel);
  }

  #show(notice: Notice): boolean {
    // Who looks at the window sees it there; that nobody is served any more is worth saying twice.
    if (this.#options.isWatched() && notice.kind !== 'allDown') return false;
    if (!this.#options.wanted(notice.kind)) return false;
    this.#shownAt.set(notice.kind, this.#options.now());
    this.#options.show(notice);
    return true;
  }

  #tellNodes(): void {
    const all = [...this.#nodes.values()];
    this.#nodes.clear();
    const first = all[0];
    if (!first) return;
    const down = all.filter((one) => one.went.at(-1) === 'down');
    const back = all.filter((one) => one.went.at(-1) === 'up');
    const names = (some: readonly Happening[]) => listed(some.map(({ name }) => name));
    const was = (one: Happening): string => {
      const again = one.went.filter((state) => state === 'down').length;
      if (one.went.at(-1) === 'down') return `${one.name} is down`;
      return again === 0 ? `${one.name} is up again` : `${one.name} was down${again > 1 ? ` ${again} times` : ''} and is up again`;
    };
    const at = Math.min(...all.map((one) => one.at));
    if (all.length === 1) {
      this.#show({ kind: 'nodes', title: was(first), body: sentence(first.reason), at });
      return;
    }
    const parts = [down.length > 0 ? `${down.length} down` : '', back.length > 0 ? `${back.length} up again` : ''].filter((part) => part);
    const lines = [down.length > 0 ? `Down: ${names(down)}.` : '', back.length > 0 ? `Up again: ${names(back)}.` : ''];
    this.#show({ kind: 'nodes', title: `Nodes: ${parts.join(', ')}`, body: lines.filter((line) => line).join(' '), at });
  }

  #tellDark(): void {
    const dark = [...this.#dark];
    this.#dark.clear();
    const first = dark[0];
    if (!first) return;
    const at = Math.min(...dark.map(([, one]) => one.at));
    const title = dark.length === 1 ? `${first[0]} serves nothing` : `${dark.length} listeners serve nothing`;
    const body = dark.length === 1 ? sentence(first[1].why) : `${listed(dark.map(([name]) => name))}: clients get an error.`;
    this.#show({ kind: 'allDown', title, body, at });
  }
}
