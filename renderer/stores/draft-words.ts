import type { Config, NodeConfig } from '../../shared/model/config.ts';
import type { ConfigIssue } from '../../shared/model/validate.ts';
import { formatPath } from '../../shared/model/validate.ts';
import { sameJson } from './draft.ts';
import { fieldInfo, fieldKey, fieldWord, type FieldInfo } from './draft-fields.ts';

/** One difference between the saved configuration and the draft. */
export interface Change {
  /** In the draft; of what was removed, the list it was in. */
  path: string;
  /** The pool, listener or certificate it belongs to: "Web". */
  subject: string;
  /** "interval 10 to 5 s", "api-3 to Backup", "api-4 added". */
  words: string;
}

interface Named {
  id: string;
  name?: string | undefined;
}

const nameOf = (thing: Named) => thing.name ?? thing.id;
const nodeName = (node: NodeConfig) => node.label ?? node.id;

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 });
const ungrouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4, useGrouping: false });
const formatOf = (info: FieldInfo) => (info.ungrouped ? ungrouped : grouped);

function sayNumber(value: unknown, info: FieldInfo): string {
  return typeof value === 'number' ? formatOf(info).format(value / (info.scale ?? 1)) : `“${String(value)}”`;
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 24)}…${text.slice(-12)}` : text;
}

/** Units of measure are said with a change; counted things ("checks", "clients") are clear from the field's name. */
const measures = new Set(['s', 'min', 'bytes']);

/** A change of one field in words, without what it belongs to. */
function sayChange(path: string, before: unknown, after: unknown): string {
  const info = fieldInfo(path);
  const { unit, values } = info;
  const suffix = unit && measures.has(unit) ? ` ${unit}` : '';
  const word = fieldWord(path);
  if (typeof after === 'boolean') return `${word} ${after ? 'on' : 'off'}`;
  if (values && typeof after === 'string') return `${word} to ${values[after] ?? after}`;
  if (typeof before === 'number') return `${word} ${sayNumber(before, info)} to ${sayNumber(after, info)}${suffix}`;
  if (after === undefined || after === '') return `${word} cleared`;
  if (typeof after === 'number') return `${word} to ${sayNumber(after, info)}${suffix}`;
  if (typeof after === 'string') return after.includes('\n') ? `${word} replaced` : `${word} to ${short(after)}`;
  return `${word} changed`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Leaves of two objects that differ, as paths below `path`. */
function leaves(
  path: (string | number)[],
  before: unknown,
  after: unknown,
  visit: (path: string, before: unknown, after: unknown) => void,
) {
  if (sameJson(before, after)) return;
  if (isPlainObject(before) && isPlainObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) leaves([...path, key], before[key], after[key], visit);
    return;
  }
  visit(formatPath(path), before, after);
}

function nodeChanges(pool: string, at: (string | number)[], before: readonly NodeConfig[], after: readonly NodeConfig[]): Change[] {
  const changes: Change[] = [];
  const old = new Map(before.map((node) => [node.id, node]));
  after.forEach((node, i) => {
    const was = old.get(node.id);
    const path = [...at, i];
    if (!was) {
      changes.push({ path: formatPath(path), subject: pool, words: `${nodeName(node)} added` });
      return;
    }
    leaves(path, was, node, (leaf, from, to) => {
      const key = fieldKey(leaf);
      let words = `${nodeName(was)} ${sayChange(leaf, from, to)}`;
      // The mode is what a node is known by: "api-3 to Backup".
      if (key === 'pools.nodes.mode') words = `${nodeName(was)} to ${fieldInfo(leaf).values?.[String(to)] ?? String(to)}`;
      if (key === 'pools.nodes.label') words = `${nodeName(was)} renamed ${nodeName(node)}`;
      changes.push({ path: leaf, subject: pool, words });
    });
  });
  const kept = new Set(after.map((node) => node.id));
  for (const node of before)
    if (!kept.has(node.id)) changes.push({ path: formatPath(at), subject: pool, words: `${nodeName(node)} removed` });
  return changes;
}

const kinds = [
  ['listeners', 'listener'],
  ['pools', 'pool'],
  ['certificates', 'certificate'],
] as const;

/** Every difference of `draft` to `base`, things matched by id, in the order of the file. */
export function listChanges(base: Config, draft: Config): Change[] {
  const changes: Change[] = [];
  for (const [key, kind] of kinds) {
    const before = new Map((base[key] as Named[]).map((thing) => [thing.id, thing]));
    const after = draft[key] as Named[];
    after.forEach((thing, i) => {
      const was = before.get(thing.id);
      const subject = nameOf(was ?? thing);
      if (!was) {
        changes.push({ path: formatPath([key, i]), subject, words: `${kind} ${nameOf(thing)} added` });
        return;
      }
      if (sameJson(was, thing)) return;
      const { nodes: oldNodes, ...oldRest } = was as Named & { nodes?: NodeConfig[] };
      const { nodes, ...rest } = thing as Named & { nodes?: NodeConfig[] };
      leaves([key, i], oldRest, rest, (path, from, to) => {
        const words = fieldKey(path) === `${key}.name` ? `${kind} ${nameOf(was)} renamed ${nameOf(thing)}` : sayChange(path, from, to);
        changes.push({ path, subject, words });
      });
      if (nodes && oldNodes) changes.push(...nodeChanges(subject, [key, i, 'nodes'], oldNodes, nodes));
    });
    const kept = new Set(after.map((thing) => thing.id));
    for (const thing of base[key] as Named[])
      if (!kept.has(thing.id)) changes.push({ path: key, subject: nameOf(thing), words: `${kind} ${nameOf(thing)} removed` });
  }
  return changes;
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** All changes in one line; what they belong to is named only where they belong to more than one thing. */
export function sayChanges(changes: readonly Change[]): string {
  const several = new Set(changes.map((change) => change.subject)).size > 1;
  let last: string | undefined;
  return changes
    .map(({ subject, words }, i) => {
      const named = several && subject !== last && !words.includes(` ${subject} `);
      last = subject;
      if (named) return `${subject}: ${words}`;
      // An id or a name keeps its own case.
      return i === 0 && /^[a-z]+ /.test(words) ? upper(words) : words;
    })
    .join(', ');
}

/** "1 change", "3 changes". */
export function countChanges(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`;
}

const quoted = (got: string) => (/^".*"$/.test(got) ? `“${got.slice(1, -1)}”` : got);

/** What `parseConfig` says of a field, as the form says it: "Weight must be 1 to 255. 300 is too high." */
export function sayIssue(issue: ConfigIssue): string {
  const info = fieldInfo(issue.path);
  const { label, unit, scale = 1 } = info;
  const plain = formatOf(info);
  const { message } = issue;
  const suffix = unit ? ` ${unit}` : '';
  const range = /^must be ([\d,]+)–([\d,]+), got (.*)$/.exec(message);
  if (range) {
    const min = Number(range[1]!.replaceAll(',', ''));
    const max = Number(range[2]!.replaceAll(',', ''));
    const limits = `${label} must be ${plain.format(min / scale)} to ${plain.format(max / scale)}${suffix}.`;
    const got = range[3]!;
    if (got === '""' || got === 'nothing') return `${limits} It is empty.`;
    const value = Number(got);
    if (Number.isNaN(value)) return `${limits} ${quoted(got)} is not a number.`;
    const shown = `${plain.format(value / scale)}${suffix}`;
    if (value < min) return `${limits} ${shown} is too low.`;
    if (value > max) return `${limits} ${shown} is too high.`;
    return `${limits} ${shown} is not a whole number.`;
  }
  const below = /^must be below intervalMs \((\d+)\)/.exec(message);
  if (below) return `${label} must be below the interval, ${plain.format(Number(below[1]) / 1000)} s.`;
  if (/^(must|is|leads|is already) /.test(message)) {
    // The value stands in the field itself; only what it should be needs saying.
    const text = message
      .replace(/, got (".*"|nothing)$/, '')
      .replace(' (or certPem)', '')
      .replace(' (or keyPem)', '');
    return `${label} ${text}.`;
  }
  return /[.?!]$/.test(message) ? upper(message) : `${upper(message)}.`;
}
