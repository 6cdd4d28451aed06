import type { z } from 'zod';
import { formatHostPort, parseHostPort, reachesListener } from './address.ts';
import { configSchema, showValue, type Config } from './config.ts';
import { dependsOn, withoutFields } from './repair.ts';

/** One mistake. `path` is as a person writes it: `pools[0].nodes[2].weight`; empty for the file itself. */
export interface ConfigIssue {
  path: string;
  message: string;
}

export type ConfigResult = { config: Config; issues: [] } | { config?: undefined; issues: ConfigIssue[] };

type Path = readonly PropertyKey[];

/** `['pools', 0, 'nodes', 2, 'weight']` → `pools[0].nodes[2].weight`. */
export function formatPath(path: Path): string {
  let out = '';
  for (const part of path) {
    if (typeof part === 'number') out += `[${part}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(String(part))) out += out === '' ? String(part) : `.${String(part)}`;
    else out += `[${JSON.stringify(String(part))}]`;
  }
  return out;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Damerau-Levenshtein (optimal string alignment) distance: a swapped pair of letters is one mistake, not two. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array.from({ length: b.length }, () => 0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}

/** The known word nearest to a mistyped one, if one is near enough to be what was meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const d = distance(lower, candidate.toLowerCase());
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

interface SchemaDef {
  type: string;
  discriminator?: string;
  values?: unknown[];
  innerType?: z.ZodType;
  element?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  options?: z.ZodType[];
}

const defOf = (schema: z.ZodType) => schema.def as unknown as SchemaDef;

/** The branch of a union that is meant: by the discriminator where there is one, else the one that is an object. */
function branchFor(def: SchemaDef, value: unknown): z.ZodType | undefined {
  const key = def.discriminator;
  return def.options?.find((option) => {
    const branch = defOf(option);
    if (branch.type !== 'object') return false;
    const wanted = key === undefined ? undefined : branch.shape?.[key];
    return !wanted || !key || (isObject(value) && (defOf(wanted).values?.includes(value[key]) ?? false));
  });
}

/** The keys a schema knows at a path, for "did you mean". `input`: what was given, which picks among the branches of a union. */
function knownKeys(root: z.ZodType, path: Path, input: unknown): string[] {
  let schema: z.ZodType | undefined = root;
  let value = input;
  const unwrap = (s: z.ZodType | undefined): z.ZodType | undefined => {
    let current = s;
    while (current) {
      const def = defOf(current);
      if (def.innerType) current = def.innerType;
      else if (def.options) current = branchFor(def, value);
      else return current;
    }
    return undefined;
  };
  for (const part of path) {
    const current = unwrap(schema);
    if (!current) return [];
    const def = defOf(current);
    schema = typeof part === 'number' ? def.element : def.shape?.[String(part)];
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }
  const end = unwrap(schema);
  return end ? Object.keys(defOf(end).shape ?? {}) : [];
}

function unknownKey(root: z.ZodType, input: unknown, path: Path, key: string): ConfigIssue {
  const near = nearest(key, knownKeys(root, path, input));
  return { path: formatPath([...path, key]), message: near ? `unknown key, did you mean "${near}"?` : 'unknown key' };
}

/**
 * What a schema found, as a person reads it: every issue with its path, unknown keys with the key meant.
 * @param root the schema. @param input what it was given.
 */
export function issuesFrom(root: z.ZodType, input: unknown, issues: readonly z.core.$ZodIssue[], base: Path = []): ConfigIssue[] {
  return issues.flatMap((issue): ConfigIssue[] => {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(root, input, path, key));
    // A union that has an object branch: what is wrong inside the object says more than "no branch fits".
    if (issue.code === 'invalid_union' && isObject(issue.input)) {
      const branch = issue.errors.find((errors) => errors.some((e) => e.path.length > 0 || e.code === 'unrecognized_keys'));
      if (branch) return issuesFrom(root, input, branch, path);
    }
    return [{ path: formatPath(path), message: issue.message }];
  });
}

/**
 * Fills in the one default that depends on another object: a pool's stickiness by the protocol of the listeners that
 * use it (none for tcp, table for http and https). Works on raw input, so it trusts nothing about its shape.
 */
function withStickinessDefaults(raw: unknown): unknown {
  if (!isObject(raw) || !Array.isArray(raw['pools'])) return raw;
  const listeners: unknown[] = Array.isArray(raw['listeners']) ? raw['listeners'] : [];
  const pools = raw['pools'].map((pool: unknown) => {
    if (!isObject(pool)) return pool;
    const given = pool['stickiness'];
    if (given !== undefined && (!isObject(given) || given['type'] !== undefined)) return pool;
    const isHttp = listeners.some(
      (l) => isObject(l) && l['pool'] === pool['id'] && (l['protocol'] === 'http' || l['protocol'] === 'https'),
    );
    return { ...pool, stickiness: { ...given, type: isHttp ? 'table' : 'none' } };
  });
  return { ...raw, pools };
}

function duplicates(items: readonly { id: string }[], base: Path, issues: ConfigIssue[]): void {
  const seen = new Map<string, number>();
  items.forEach((item, i) => {
    const first = seen.get(item.id);
    if (first === undefined) seen.set(item.id, i);
    else
      issues.push({
        path: formatPath([...base, i, 'id']),
        message: `"${item.id}" is used twice (also by ${formatPath([...base, first])})`,
      });
  });
}

/** What one object's schema cannot see: references, duplicates, pairs of fields, loops. */
function crossChecks(config: Config): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  duplicates(config.listeners, ['listeners'], issues);
  duplicates(config.pools, ['pools'], issues);
  duplicates(config.certificates, ['certificates'], issues);
  const pools = new Map(config.pools.map((p) => [p.id, p]));
  const certificates = new Set(config.certificates.map((c) => c.id));

  config.listeners.forEach((listener, i) => {
    const at = (...rest: PropertyKey[]) => formatPath(['listeners', i, ...rest]);
    const pool = pools.get(listener.pool);
    if (!pool) {
      const near = nearest(listener.pool, [...pools.keys()]);
      issues.push({ path: at('pool'), message: `no pool has the id "${listener.pool}"${near ? `, did you mean "${near}"?` : ''}` });
    }
    listener.certificates.forEach((id, c) => {
      if (!certificates.has(id)) issues.push({ path: at('certificates', c), message: `no certificate has the id "${id}"` });
    });
    if (listener.protocol === 'https' && listener.certificates.length === 0) {
      issues.push({ path: at('certificates'), message: 'must name at least one certificate for https' });
    }
    if (pool && listener.protocol !== 'tcp' && pool.proxyProtocol !== 'none') {
      issues.push({ path: at('pool'), message: `pool "${pool.id}" sends the PROXY protocol, which is for tcp listeners only` });
    }
    if (pool && listener.protocol === 'tcp' && pool.stickiness.type === 'http_cookie') {
      issues.push({ path: at('pool'), message: `pool "${pool.id}" sticks by cookie, which a tcp listener cannot read; use table or none` });
    }
    config.listeners.slice(0, i).forEach((other, j) => {
      if (!listener.enabled || !other.enabled) return;
      const a = { host: listener.host, port: listener.port };
      const b = { host: other.host, port: other.port };
      if (reachesListener(a, b) || reachesListener(b, a)) {
        issues.push({ path: at('port'), message: `${formatHostPort(a.host, a.port)} is already taken by listeners[${j}] ("${other.id}")` });
      }
    });
  });

  config.pools.forEach((pool, p) => {
    const at = (...rest: PropertyKey[]) => formatPath(['pools', p, ...rest]);
    duplicates(pool.nodes, ['pools', p, 'nodes'], issues);
    const check = pool.healthCheck;
    if (check.type !== 'none' && check.timeoutMs >= check.intervalMs) {
      issues.push({
        path: at('healthCheck', 'timeoutMs'),
        message: `must be below intervalMs (${check.intervalMs}), got ${check.timeoutMs}`,
      });
    }
    if (check.type === 'http_body' && check.bodyPattern === '') {
      issues.push({ path: at('healthCheck', 'bodyPattern'), message: 'is required when type is http_body' });
    }
    pool.nodes.forEach((node, n) => {
      const address = parseHostPort(node.address);
      if (typeof address === 'string') return;
      const loop = config.listeners.find((l) => l.enabled && reachesListener(address, { host: l.host, port: l.port }));
      if (loop)
        issues.push({
          path: at('nodes', n, 'address'),
          message: `leads back to listener "${loop.id}" (${formatHostPort(loop.host, loop.port)}), which would loop`,
        });
      if (typeof node.tls === 'object' && node.tls.caFile !== undefined && node.tls.caPem !== undefined) {
        issues.push({ path: at('nodes', n, 'tls', 'caPem'), message: 'must not stand beside caFile; give one of them' });
      }
    });
  });

  config.certificates.forEach((certificate, c) => {
    for (const [file, inline] of [
      ['certFile', 'certPem'],
      ['keyFile', 'keyPem'],
    ] as const) {
      const path = formatPath(['certificates', c, file]);
      if (certificate[file] === undefined && certificate[inline] === undefined)
        issues.push({ path, message: `is required (or ${inline})` });
      if (certificate[file] !== undefined && certificate[inline] !== undefined)
        issues.push({ path, message: `must not stand beside ${inline}; give one of them` });
    }
  });
  return issues;
}

/** Where the wrong fields are: of unknown keys, the keys. */
function wrongFields(issues: readonly z.core.$ZodIssue[]): Path[] {
  return issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]));
}

/** Mistakes between fields of a document that has wrong fields, too: those that do not depend on one of them. */
function crossChecksBeside(raw: unknown, found: readonly z.core.$ZodIssue[]): ConfigIssue[] {
  const aside = wrongFields(found);
  const parsed = configSchema.safeParse(withStickinessDefaults(withoutFields(raw, aside)), { reportInput: true });
  if (!parsed.success) return [];
  const paths = aside.map(formatPath);
  return crossChecks(parsed.data).filter((issue) => !dependsOn(issue.path, paths));
}

/**
 * Reads a configuration of unknown shape.
 * @returns the configuration with every default filled in, or every mistake found, each with its path.
 */
export function parseConfig(raw: unknown): ConfigResult {
  if (!isObject(raw))
    return { issues: [{ path: '', message: `must be an object with version, listeners and pools, got ${showValue(raw)}` }] };
  const parsed = configSchema.safeParse(withStickinessDefaults(raw), { reportInput: true });
  if (!parsed.success) {
    const issues = issuesFrom(configSchema, raw, parsed.error.issues);
    return { issues: [...issues, ...crossChecksBeside(raw, parsed.error.issues)] };
  }
  const issues = crossChecks(parsed.data);
  return issues.length > 0 ? { issues } : { config: parsed.data, issues: [] };
}
