import type { Settings } from '../../shared/contract/contract.ts';

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/**
 * Whether nothing is to be announced now. From is included, until is not; a span may run over midnight; from equal to until is the
 * whole day.
 * @param at in this machine's own time of day.
 */
export function isQuiet(quietHours: Settings['quietHours'], at: Date): boolean {
  if (!quietHours) return false;
  const [from, until] = [minutesOf(quietHours.from), minutesOf(quietHours.until)];
  const now = at.getHours() * 60 + at.getMinutes();
  return from < until ? now >= from && now < until : now >= from || now < until;
}
