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

/** Shortens in the middle so that the end (a number, a port) stays. `max` is at least 5 characters. */
export function shortenMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = Math.floor((max - 1) * 0.55);
  return `${text.slice(0, max - 1 - tail)}…${text.slice(-tail)}`;
}
