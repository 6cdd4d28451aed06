import { parseHostPort } from '../../shared/model/address.ts';
import {
  certificateSchema,
  listenerSchema,
  nodeSchema,
  poolSchema,
  type CertificateConfig,
  type HealthCheckConfig,
  type ListenerConfig,
  type NodeConfig,
  type PoolConfig,
  type Protocol,
} from '../../shared/model/config.ts';

/**
 * Pure parts of editing a configuration. A draft has the configuration's shape; while somebody types, a field may hold text
 * that is no number yet, which `parseConfig` then reports like any other mistake.
 */

export type Path = readonly (string | number)[];

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The value at `path`; undefined where there is none. */
export function getAt(root: unknown, path: Path): unknown {
  let at = root;
  for (const key of path) {
    if (!isContainer(at)) return undefined;
    at = at[key];
  }
  return at;
}

/** A copy with the value at `path` replaced; `undefined` takes the key away. What lies beside the path keeps its identity. */
export function setAt<T>(root: T, path: Path, value: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return value as T;
  const copy = (Array.isArray(root) ? [...(root as unknown[])] : { ...(root as object) }) as Record<string | number, unknown>;
  const next = rest.length > 0 ? setAt(copy[key] ?? {}, rest, value) : value;
  if (next === undefined && !Array.isArray(copy)) delete copy[key];
  else copy[key] = next;
  return copy as T;
}

/** Deep equality of JSON values; a key that is undefined equals one that is missing. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameJson(a[key], b[key]));
}

/** A name as an id: letters, digits and hyphens, at most 48 characters; "" when nothing of it can be used. */
export function slug(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '');
}

/** `wish`, or `wish-2`, `wish-3`… when it is taken. */
export function freeId(wish: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  if (!used.has(wish)) return wish;
  let n = 2;
  while (used.has(`${wish}-${n}`)) n++;
  return `${wish}-${n}`;
}

/** A pool with every default and no nodes. Stickiness as its listeners' protocol has it: off for tcp, by address otherwise. */
export function newPool(name: string, taken: Iterable<string>, protocol: Protocol = 'http'): PoolConfig {
  return poolSchema.parse({
    id: freeId(slug(name) || 'pool', taken),
    name: name || undefined,
    stickiness: { type: protocol === 'tcp' ? 'none' : 'table' },
  });
}

/** A listener with every default. `port` stands as typed. */
export function newListener(
  name: string,
  port: number | string,
  protocol: Protocol,
  pool: string,
  taken: Iterable<string>,
): ListenerConfig {
  const listener = listenerSchema.parse({
    id: freeId(slug(name) || 'listener', taken),
    name: name || undefined,
    port: 8080,
    protocol,
    pool,
  });
  return { ...listener, port: port as number };
}

/** A node with every default, named `node-1`, `node-2`… by what is free. */
export function newNode(address: string, taken: Iterable<string>, tls = false): NodeConfig {
  const used = new Set(taken);
  let n = used.size + 1;
  while (used.has(`node-${n}`)) n++;
  return { ...nodeSchema.parse({ id: `node-${n}`, address: 'localhost:80', tls }), address };
}

/** A certificate given as text. */
export function newCertificate(name: string, certPem: string, keyPem: string, taken: Iterable<string>): CertificateConfig {
  return { ...certificateSchema.parse({ id: freeId(slug(name) || 'certificate', taken), name: name || undefined }), certPem, keyPem };
}

export interface PastedAddress {
  address: string;
  /** The address was written with https://. */
  tls: boolean;
}

/**
 * Reads addresses as people paste them: "3000, :3001, localhost:3002", one a line, or as URLs. A bare port is on this machine.
 * @returns what can be used, in order and once each, and what cannot with the reason.
 */
export function readAddresses(text: string): { addresses: PastedAddress[]; rejected: { text: string; why: string }[] } {
  const addresses: PastedAddress[] = [];
  const rejected: { text: string; why: string }[] = [];
  for (const part of text.split(/[\s,;]+/).filter((p) => p !== '')) {
    const url = /^(https?):\/\/([^/]+)\/?.*$/i.exec(part);
    const tls = url?.[1]?.toLowerCase() === 'https';
    let address = url?.[2] ?? part;
    const port = /^:?(\d{1,5})$/.exec(address);
    if (port) address = `127.0.0.1:${port[1]}`;
    else if (url && typeof parseHostPort(address) === 'string') address = `${address}:${tls ? 443 : 80}`;
    const parsed = parseHostPort(address);
    if (typeof parsed === 'string') rejected.push({ text: part, why: parsed });
    else if (!addresses.some((known) => known.address === address)) addresses.push({ address, tls });
  }
  return { addresses, rejected };
}

export type PresetId = 'nodebalancer' | 'fast' | 'calm' | 'custom';

interface Preset {
  id: Exclude<PresetId, 'custom'>;
  label: string;
  check: Pick<HealthCheckConfig, 'intervalMs' | 'timeoutMs' | 'attempts'>;
}

/** Sets of interval, timeout and failures that belong together. */
export const presets: readonly Preset[] = [
  { id: 'nodebalancer', label: 'NodeBalancer defaults', check: { intervalMs: 5_000, timeoutMs: 3_000, attempts: 3 } },
  { id: 'fast', label: 'Demo fast', check: { intervalMs: 1_000, timeoutMs: 500, attempts: 2 } },
  { id: 'calm', label: 'Homelab calm', check: { intervalMs: 15_000, timeoutMs: 5_000, attempts: 3 } },
];

/** The preset a check's times are those of. */
export function presetOf(check: Pick<HealthCheckConfig, 'intervalMs' | 'timeoutMs' | 'attempts'>): PresetId {
  const found = presets.find(
    ({ check: p }) => p.intervalMs === check.intervalMs && p.timeoutMs === check.timeoutMs && p.attempts === check.attempts,
  );
  return found?.id ?? 'custom';
}

export interface Detection {
  /** A node that dies just after a check is noticed within this: interval × attempts + timeout. Milliseconds. */
  totalMs: number;
  /** When each failing check starts, from the node's death, in milliseconds; the last one's timeout ends at `totalMs`. */
  checksAtMs: number[];
}

/** How long a dead node takes to be noticed; null while a field holds what is no valid time. */
export function detection(check: Pick<HealthCheckConfig, 'type' | 'intervalMs' | 'timeoutMs' | 'attempts'>): Detection | null {
  const { intervalMs, timeoutMs, attempts } = check;
  const valid = [intervalMs, timeoutMs, attempts].every((n) => typeof n === 'number' && Number.isFinite(n) && n > 0);
  if (check.type === 'none' || !valid || !Number.isInteger(attempts) || attempts > 30) return null;
  return {
    totalMs: intervalMs * attempts + timeoutMs,
    checksAtMs: Array.from({ length: attempts }, (_, i) => intervalMs * (i + 1)),
  };
}

/** Milliseconds in words for a sentence: "13 s", "2.5 s", "1 min 15 s", "1 h 1 min". Below a minute to a tenth of a second. */
export function sayDuration(ms: number): string {
  const tenths = Math.round(ms / 100) / 10;
  if (tenths < 60) return `${tenths} s`;
  const total = Math.round(ms / 1000);
  const h = Math.floor(total / 3600);
  const min = Math.floor((total % 3600) / 60);
  const s = total % 60;
  if (h > 0) return min > 0 ? `${h} h ${min} min` : `${h} h`;
  return s > 0 ? `${min} min ${s} s` : `${min} min`;
}
