/** Each connection has two ends, and a proxy that is told to allow so many may set aside a second file for each. */
const filesPerConnection = 2;
const spare = 1500;

/**
 * Whether so many connections may be open at once here.
 * @param limits the text of /proc/self/limits.
 * @returns what is wrong and what to do about it; undefined: nothing is.
 */
export function tooFewFiles(limits: string, connections: number): string | undefined {
  const text = /^Max open files\s+(\S+)/m.exec(limits)?.[1] ?? 'unlimited';
  const limit = text === 'unlimited' ? Infinity : Number(text);
  const needed = connections * filesPerConnection + spare;
  if (limit >= needed) return undefined;
  const say = (n: number): string => n.toLocaleString('en-US');
  return (
    `${say(connections)} connections need up to ${say(needed)} open files a program, and ${say(limit)} are allowed here; ` +
    `raise the limit with "ulimit -n ${needed}" (as root, or in limits.conf) and run again`
  );
}
