import type { Config } from '../../shared/model/config.ts';

/** The scheme the system knows us by: `evenkeel://pools/web`. */
export const linkScheme = 'evenkeel';

/** Longer ones are nobody's. Characters. */
const longest = 300;

/** Screens that a link may show, and nothing that begins a change. */
export const linkScreens = [
  'live',
  'timeline',
  'pools',
  'listeners',
  'clients',
  'traffic',
  'requests',
  'certificates',
  'lab',
  'settings',
] as const;

/** What a link may name, so that whoever sends one learns nothing and no draft is begun: only what is configured. */
export type KnownThings = Pick<Config, 'listeners' | 'pools' | 'certificates'>;

/**
 * The screen a deep link asks for, as the window's own address: `evenkeel://pools/web` is `#/pools/web`. Strict: plain ids of
 * things that are configured, a moment of the timeline in milliseconds, nothing else. A link only ever shows something.
 * @returns undefined for anything else; it is then ignored.
 */
export function screenOfLink(link: string, known: KnownThings): string | undefined {
  if (link.length > longest) return undefined;
  // Read by hand: what a URL parser would repair (dots, escapes, back slashes, other case) is refused instead.
  const match = /^evenkeel:\/\/([a-z]+)((?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,3})\/?(?:\?at=([1-9]\d{11,13}))?$/.exec(link);
  if (!match) return undefined;
  const screen = linkScreens.find((one) => one === match[1]);
  const parts = (match[2] ?? '').split('/').slice(1);
  const at = match[3];
  if (!screen || (at !== undefined && (screen !== 'timeline' || parts.length > 0))) return undefined;
  if (at !== undefined) return timelineAt(Number(at), Date.now());
  if (parts.length > 0 && !exists(screen, parts, known)) return undefined;
  return `#/${[screen, ...parts].join('/')}`;
}

function exists(screen: string, parts: readonly string[], { listeners, pools, certificates }: KnownThings): boolean {
  const has = (list: readonly { id: string }[], id: string | undefined) => list.some((one) => one.id === id);
  const [first, second, third] = parts;
  switch (screen) {
    case 'pools':
      return parts.length === 1 && has(pools, first);
    case 'listeners':
      return parts.length === 1 && has(listeners, first);
    case 'certificates':
      return parts.length === 1 && has(certificates, first);
    case 'live':
      if (first === 'listener') return parts.length === 2 && has(listeners, second);
      return first === 'node' && parts.length === 3 && has(pools.find((pool) => pool.id === second)?.nodes ?? [], third);
    default:
      return false;
  }
}

/** How much of the past is shown around a moment. Milliseconds each way. */
const aroundMs = 60_000;

/** The timeline at a moment, with the minute before it and, as far as it has passed, the minute after. Times: ms since the epoch. */
export function timelineAt(at: number, now: number): string {
  const to = Math.max(at + 1, Math.min(now, at + aroundMs));
  return `#/timeline?from=${at - aroundMs}&to=${to}&at=${at}`;
}
