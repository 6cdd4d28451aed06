import type { Config } from '../../shared/model/config.ts';
import { formatPath } from '../../shared/model/validate.ts';
import { sameJson } from './draft.ts';

export interface Rebased {
  /** Theirs, with every change of mine that does not collide on top. */
  draft: Config;
  /** Where both changed the same thing to something different; theirs stands there. Paths in `draft`. */
  collisions: string[];
}

type Thing = Record<string, unknown> & { id: string };

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isThings(value: unknown): value is Thing[] {
  return Array.isArray(value) && value.every((item) => isObject(item) && typeof item['id'] === 'string');
}

function merge(path: (string | number)[], base: unknown, mine: unknown, theirs: unknown, collisions: string[]): unknown {
  if (sameJson(base, mine) || sameJson(mine, theirs)) return theirs;
  if (sameJson(base, theirs)) return mine;
  if (isThings(base) && isThings(mine) && isThings(theirs)) return mergeThings(path, base, mine, theirs, collisions);
  if (isObject(base) && isObject(mine) && isObject(theirs)) {
    const merged: Record<string, unknown> = {};
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
      const value = merge([...path, key], base[key], mine[key], theirs[key], collisions);
      if (value !== undefined) merged[key] = value;
    }
    return merged;
  }
  collisions.push(formatPath(path));
  return theirs;
}

/** Lists of things with ids: theirs in their order, then what I added. */
function mergeThings(path: (string | number)[], base: Thing[], mine: Thing[], theirs: Thing[], collisions: string[]): Thing[] {
  const find = (list: Thing[], id: string) => list.find((thing) => thing.id === id);
  const merged: Thing[] = [];
  for (const their of theirs) {
    const was = find(base, their.id);
    const my = find(mine, their.id);
    const at = [...path, merged.length];
    if (!my) {
      // I removed it, or they added it. Removing what they changed meanwhile would take their change away.
      if (!was) merged.push(their);
      else if (!sameJson(was, their)) {
        collisions.push(formatPath(at));
        merged.push(their);
      }
    } else if (!was) {
      if (!sameJson(my, their)) collisions.push(formatPath(at));
      merged.push(their);
    } else merged.push(merge(at, was, my, their, collisions) as Thing);
  }
  for (const my of mine) {
    if (find(theirs, my.id)) continue;
    const was = find(base, my.id);
    if (!was) merged.push(my);
    else if (!sameJson(was, my)) collisions.push(formatPath(path));
  }
  return merged;
}

/**
 * Puts my changes (base → mine) onto a configuration that changed meanwhile (base → theirs), things matched by id.
 * Where both changed the same field differently, or one removed what the other changed, theirs stands and is named.
 */
export function rebase(base: Config, mine: Config, theirs: Config): Rebased {
  const collisions: string[] = [];
  const draft = merge([], base, mine, theirs, collisions) as Config;
  return { draft, collisions };
}
