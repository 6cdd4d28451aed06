/** Numbers, times and names as people read them. Missing is "—", never 0. */

export const missing = '—';

const group = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1,207 */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? missing : group.format(value);
}

/** Requests a second: whole from ten on, one place below, so that 0.4 is not called 0. */
export function formatRate(value: number | null | undefined): string {
  if (value === null || value === undefined) return missing;
  if (value === 0) return '0';
  return value < 9.95 ? value.toFixed(1) : group.format(value);
}

/** Milliseconds without their unit: one place below ten, where there is one. */
export function formatMs(value: number | null | undefined): string {
  if (value === null || value === undefined) return missing;
  return value < 9.95 ? String(Number(value.toFixed(1))) : group.format(value);
}

/** A length of time: "38 s", "12 min", "2 h 14 min", "3 d 4 h". */
export function formatDuration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1_000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 24) return min % 60 === 0 ? `${h} h` : `${h} h ${min % 60} min`;
  const d = Math.floor(h / 24);
  return h % 24 === 0 ? `${d} d` : `${d} d ${h % 24} h`;
}

/** A time of day, always of 24 hours: "14:03:07". */
export function formatClock(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** A time of day to the tenth of a second: "14:03:06.3". */
export function formatClockTenths(time: number): string {
  // Cut, not rounded: 14:03:06.97 is not yet 14:03:07.
  return `${formatClock(time)}.${Math.floor((((time % 1_000) + 1_000) % 1_000) / 100)}`;
}

const dayNames = new Intl.DateTimeFormat('en-US', { weekday: 'long' });
const dates = new Intl.DateTimeFormat('en-US', { day: 'numeric', month: 'short', year: 'numeric' });

/** A day as people say it: "today", "yesterday", "Tuesday" within a week, else "21 Nov 2026". */
export function formatDay(time: number, now = Date.now()): string {
  const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(now) - midnight(time)) / 86_400_000);
  if (days === 0) return 'today';
  if (days === 1) return 'yesterday';
  if (days > 1 && days < 7) return dayNames.format(time);
  const parts = Object.fromEntries(dates.formatToParts(time).map((part) => [part.type, part.value]));
  return `${parts['day']} ${parts['month']} ${parts['year']}`;
}

/** Shortens in the middle so that the end (a number, a port) stays. `max` is at least 5 characters. */
export function shortenMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = Math.floor((max - 1) * 0.55);
  return `${text.slice(0, max - 1 - tail)}…${text.slice(-tail)}`;
}
