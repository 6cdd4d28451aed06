/**
 * When things of a start happened, for those who measure it, in order: milliseconds since the epoch, and what this process has used of
 * the processor till then, all threads together.
 */
export const marks: [name: string, at: number, cpuMs: number][] = [];

/** Notes the first time something happens. */
export function mark(name: string): void {
  if (marks.some(([known]) => known === name)) return;
  const { user, system } = process.cpuUsage();
  marks.push([name, performance.timeOrigin + performance.now(), (user + system) / 1_000]);
}
