import type { Incident, Run } from '../../../shared/model/run.ts';
import { structureOf } from '../../../shared/state/run-structure.ts';
import { fieldInfo, fieldWord } from '../../stores/draft-fields.ts';
import { formatCount, formatMs, missing } from '../../ui/format.ts';
import { scoreSeconds } from './score-words.ts';

export interface CompareRow {
  measure: string;
  /** With their units; "—" where it is not known. */
  a: string;
  b: string;
  /** How the first differs from the second, in words; "—" when one of them is not known. */
  difference: string;
}

const withUnit = (value: string, unit: string) => (value === missing ? missing : `${value} ${unit}`);

function timeDifference(a: number | null, b: number | null): string {
  if (a === null || b === null) return missing;
  const ms = a - b;
  if (Math.abs(ms) < 50) return 'the same';
  return `${scoreSeconds(Math.abs(ms))} s ${ms < 0 ? 'sooner' : 'later'}`;
}

function countDifference(a: number, b: number): string {
  if (a === b) return 'the same';
  return `${formatCount(Math.abs(a - b))} ${a < b ? 'fewer' : 'more'}`;
}

function latencyDifference(a: number | null, b: number | null): string {
  if (a === null || b === null) return missing;
  if (Math.abs(a - b) < Math.max(1, 0.035 * Math.max(a, b))) return 'the same';
  return `${formatMs(Math.abs(a - b))} ms ${a < b ? 'lower' : 'higher'}`;
}

/** Two failures side by side: what the first came to, the second, and the difference. */
export function compareIncidents(a: Incident, b: Incident): CompareRow[] {
  const time = (measure: string, of: (incident: Incident) => number | null): CompareRow => ({
    measure,
    a: withUnit(scoreSeconds(of(a)), 's'),
    b: withUnit(scoreSeconds(of(b)), 's'),
    difference: timeDifference(of(a), of(b)),
  });
  const count = (measure: string, of: (incident: Incident) => number): CompareRow => ({
    measure,
    a: formatCount(of(a)),
    b: formatCount(of(b)),
    difference: countDifference(of(a), of(b)),
  });
  const sameSign = a.detectFrom === b.detectFrom;
  return [
    // From a fault and from a first failure are two measures: their difference says nothing.
    { ...time('Time to detect', (one) => one.detectMs), ...(sameSign ? {} : { difference: 'counted from different moments' }) },
    { ...time('Time to recover', (one) => one.recoverMs), ...(sameSign ? {} : { difference: 'counted from different moments' }) },
    count('Clients moved', (one) => one.moved),
    count('Requests retried', (one) => one.retried),
    count('Requests lost', (one) => one.lost),
    {
      measure: 'p99 during it',
      a: withUnit(formatMs(a.p99.during), 'ms'),
      b: withUnit(formatMs(b.p99.during), 'ms'),
      difference: latencyDifference(a.p99.during, b.p99.during),
    },
    {
      ...time('Time to be back', (one) => one.backMs),
      ...(a.backFrom === b.backFrom ? {} : { difference: 'counted from different moments' }),
    },
  ];
}

/** Two runs of which one saw no failure: their totals. */
export function compareRuns(a: Run, b: Run): CompareRow[] {
  const count = (measure: string, of: (run: Run) => number): CompareRow => ({
    measure,
    a: formatCount(of(a)),
    b: formatCount(of(b)),
    difference: countDifference(of(a), of(b)),
  });
  return [
    count('Requests', (run) => run.score.requests),
    count('Clients moved', (run) => run.score.moved),
    count('Requests retried', (run) => run.score.retried),
    count('Requests lost', (run) => run.score.lost),
    count('Nodes that went down', (run) => run.score.incidents.length),
    {
      measure: 'p99',
      a: withUnit(formatMs(a.score.p99), 'ms'),
      b: withUnit(formatMs(b.score.p99), 'ms'),
      difference: latencyDifference(a.score.p99, b.score.p99),
    },
  ];
}

/** Options by their path in a pool, where the editor's word for them needs its section beside it; and the Lab's clients. */
const names: Record<string, string> = {
  'healthCheck.type': 'Check',
  'healthCheck.intervalMs': 'Check interval',
  'healthCheck.timeoutMs': 'Check timeout',
  'healthCheck.attempts': 'Failed checks until down',
  'healthCheck.rise': 'Passed checks until up',
  'healthCheck.method': 'Check method',
  'healthCheck.expectStatus': 'Statuses that pass a check',
  'passiveCheck.errors': 'Live errors until down',
  'passiveCheck.windowMs': 'Live errors are counted over',
  'timeouts.connectMs': 'Time to connect',
  'timeouts.responseMs': 'Time to answer',
  'clients.count': 'Simulated clients',
  'clients.requestsPerSecond': 'Requests a second',
  'clients.keepAlive': 'Requests on a kept connection',
  'clients.webSockets': 'Clients with a WebSocket',
  'clients.ownAddresses': 'Each client from its own address',
};

/** "maxEntries" → "max entries", for options that are not known here; words stay as they are. */
const spelledOut = (key: string) =>
  key.includes(' ') ? key : key.replace(/Ms$/, '').replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
const upperFirst = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const nameOf = (path: string) => names[path] ?? upperFirst(spelledOut(fieldWord(`pools.${path}`)));

const shares: ReadonlySet<string> = new Set(['clients.keepAlive', 'clients.webSockets']);

/** An option's value as a person would say it. */
function valueWords(path: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') {
    if (path.endsWith('Ms')) return durationWords(value);
    return shares.has(path) ? `${Math.round(100 * value)} %` : formatCount(value);
  }
  if (typeof value === 'string') return fieldInfo(`pools.${path}`).values?.[value] ?? value;
  return JSON.stringify(value);
}

const durationWords = (ms: number) => (ms < 1_000 ? `${ms} ms` : `${Number((ms / 1_000).toFixed(1))} s`);

/** By name, in words. */
type Settings = Map<string, string>;

function flatten(value: unknown, path: string, into: Settings): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, path === '' ? key : `${path}.${key}`, into);
  } else if (value !== undefined) into.set(nameOf(path), valueWords(path, value));
}

/** What a run was set up with, as far as it says: its scenario's options, and what its first state shows. */
function settingsOf(run: Run): Settings {
  const settings: Settings = new Map();
  if (run.scenario) {
    flatten(run.scenario.pool, '', settings);
    flatten(run.scenario.clients, 'clients', settings);
  }
  const { pools } = structureOf(run);
  const several = pools.length > 1;
  for (const pool of pools) {
    const of = several ? ` of ${pool.name}` : '';
    for (const [path, value] of [
      ['algorithm', pool.algorithm],
      ['stickiness.type', pool.stickiness],
    ] as const)
      settings.set(`${nameOf(path)}${of}`, valueWords(path, value));
    settings.set(`Nodes${of}`, formatCount(pool.nodes.length));
    const weights = new Set(pool.nodes.map((node) => node.weight));
    if (weights.size > 1) settings.set(`Weights${of}`, pool.nodes.map((node) => `${node.label} ${node.weight}`).join(', '));
  }
  return settings;
}

export interface SettingDifference {
  name: string;
  a: string;
  b: string;
}

/** What two runs were set up with that is not the same. */
export function settingDifferences(a: Run, b: Run): SettingDifference[] {
  const left = settingsOf(a);
  const right = settingsOf(b);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name): SettingDifference[] => {
    const [was, is] = [left.get(name), right.get(name)];
    if (was === is) return [];
    const fallback = 'as the Lab has it';
    return [{ name, a: was ?? fallback, b: is ?? fallback }];
  });
}

/** The moment two runs are laid over each other at: the fault, or else the first failure. */
export const alignAt = (incident: Incident): number => incident.faultAt ?? incident.firstFailureAt ?? incident.downAt;

/** How far before and after that moment both show enough. Milliseconds. */
export function alignedSpan(a: Incident, b: Incident): { before: number; after: number } {
  const endOf = (one: Incident) => (one.upAt ?? one.recoveredAt ?? one.downAt) - alignAt(one);
  const after = Math.min(120_000, Math.max(8_000, 1.15 * Math.max(endOf(a), endOf(b))));
  return { before: after * 0.15, after };
}
