/**
 * A document whose single fields are wrong can still be looked at as a whole: each wrong field is put aside, and what is
 * found then counts as far as it does not depend on one of them.
 */

type Path = readonly PropertyKey[];

/** Stand-ins for fields without a default. What is found through them is dropped: see `dependsOn`. */
const standIns: Record<string, (n: number) => unknown> = {
  version: () => 1,
  id: (n) => `aside-${n}`,
  port: () => 9,
  protocol: () => 'tcp',
  pool: () => 'aside',
  address: () => '192.0.2.1:9',
};

function isContainer(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

function putAside(root: unknown, path: Path, n: number): unknown {
  const [key, ...rest] = path;
  if (key === undefined || !isContainer(root)) return root;
  const copy = (Array.isArray(root) ? [...(root as unknown[])] : { ...root }) as Record<PropertyKey, unknown>;
  if (rest.length > 0) copy[key] = putAside(copy[key], rest, n);
  else {
    delete copy[key];
    const standIn = standIns[String(key)];
    if (standIn && Object.hasOwn(standIns, key)) copy[key] = standIn(n);
  }
  return copy;
}

/**
 * A copy without the values at `paths`.
 * @returns undefined when one of them cannot be taken out: the whole, or an entry of a list, whose neighbours would change place.
 */
export function withoutFields(raw: unknown, paths: readonly Path[]): unknown {
  if (paths.some((path) => path.length === 0 || typeof path.at(-1) === 'number')) return undefined;
  return paths.reduce<unknown>((document, path, n) => putAside(document, path, n), raw);
}

/** What findings about several fields are drawn from, by where they are told. `#` is the same place's number, `*` any. */
const dependencies: [at: RegExp, from: string[]][] = [
  [
    /^listeners\[(\d+)\]\.pool$/,
    ['listeners[#].pool', 'listeners[#].protocol', 'pools[*].id', 'pools[*].proxyProtocol', 'pools[*].stickiness'],
  ],
  [/^listeners\[(\d+)\]\.certificates/, ['listeners[#].certificates', 'listeners[#].protocol', 'certificates[*].id']],
  [/^listeners\[\d+\]\.port$/, ['listeners[*].host', 'listeners[*].port', 'listeners[*].enabled']],
  [
    /^pools\[(\d+)\]\.healthCheck\.timeoutMs$/,
    ['pools[#].healthCheck.timeoutMs', 'pools[#].healthCheck.intervalMs', 'pools[#].healthCheck.type'],
  ],
  [/^pools\[(\d+)\]\.healthCheck\.bodyPattern$/, ['pools[#].healthCheck.bodyPattern', 'pools[#].healthCheck.type']],
  [
    /^pools\[(\d+)\]\.nodes\[\d+\]\.address$/,
    ['pools[#].nodes[*].address', 'listeners[*].host', 'listeners[*].port', 'listeners[*].enabled'],
  ],
  [/^pools\[(\d+)\]\.nodes\[\d+\]\.tls/, ['pools[#].nodes[*].tls']],
  [/^pools\[(\d+)\]\.nodes\[\d+\]\.id$/, ['pools[#].nodes[*].id']],
  [/^(?:listeners|pools|certificates)\[\d+\]\.id$/, ['listeners[*].id', 'pools[*].id', 'certificates[*].id']],
  [
    /^certificates\[(\d+)\]\./,
    ['certificates[#].certFile', 'certificates[#].keyFile', 'certificates[#].certPem', 'certificates[#].keyPem'],
  ],
];

const segments = (path: string) => path.split(/[.[\]]+/).filter((part) => part !== '');

/** Whether one path is, holds or lies in the other. */
function meet(pattern: string, path: string): boolean {
  const a = segments(pattern);
  const b = segments(path);
  return a.slice(0, b.length).every((part, i) => part === '*' || part === b[i]);
}

/** Whether a finding told at `at` may come from one of the fields that were put aside. */
export function dependsOn(at: string, aside: readonly string[]): boolean {
  for (const [pattern, from] of dependencies) {
    const match = pattern.exec(at);
    if (match) return from.some((one) => aside.some((path) => meet(one.replace('#', match[1] ?? '*'), path)));
  }
  // Of a kind that is not listed: nothing is known of it.
  return true;
}
