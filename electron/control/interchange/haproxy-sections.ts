import type { ImportNote } from './notes.ts';
import { readLines, type ConfigLine } from './haproxy-tokens.ts';

export type SectionKind = 'global' | 'defaults' | 'frontend' | 'backend' | 'listen' | 'other';

/** A section of haproxy.cfg with what it inherits. */
export interface Section {
  kind: SectionKind;
  /** Of `other`: "peers", "userlist". */
  keyword: string;
  name: string;
  line: number;
  /** Words behind the name: an address of the old style. */
  rest: string[];
  /** Its own lines. */
  own: ConfigLine[];
  /** What the defaults before it, or named by it, say; the section's own lines come after and win. */
  inherited: ConfigLine[];
}

const kinds = new Set(['global', 'defaults', 'frontend', 'backend', 'listen']);

/** Sections that are no proxy, and why Evenkeel has none of it. */
export const otherSections: Record<string, string> = {
  peers: 'Evenkeel runs alone: it shares no tables',
  resolvers: 'Evenkeel resolves names as the system does',
  userlist: 'Evenkeel asks nobody for a password',
  mailers: 'Evenkeel sends no mail',
  cache: 'Evenkeel caches nothing',
  program: 'Evenkeel starts no programs',
  'http-errors': 'Evenkeel has pages of its own for errors',
  ring: 'Evenkeel logs in its own way',
  'log-forward': 'Evenkeel forwards no logs',
  'log-profile': 'Evenkeel logs in its own way',
  'fcgi-app': 'Evenkeel does not speak FastCGI',
  'crt-store': 'Evenkeel names certificates in its own list',
  acme: 'Evenkeel does not ask for certificates over ACME',
  traces: 'Evenkeel has no traces of this kind',
};

/** Takes haproxy.cfg apart into sections. Lines that belong nowhere, cannot be read or depend on conditions become notes. */
export function readSections(text: string): { sections: Section[]; notes: ImportNote[] } {
  const sections: Section[] = [];
  const notes: ImportNote[] = [];
  const named = new Map<string, ConfigLine[]>();
  let defaults: ConfigLine[] = [];
  let current: Section | undefined;
  let conditions = 0;
  for (const line of readLines(text)) {
    const keyword = line.words[0]!;
    const leave = (reason: string) => notes.push({ line: line.line, directive: keyword, reason });
    if (keyword.startsWith('.')) {
      if (keyword === '.if') conditions++;
      if (keyword === '.endif') conditions = Math.max(0, conditions - 1);
      leave("conditions are HAProxy's own: what stands between .if and .endif is left out");
    } else if (conditions > 0) leave('it stands under a condition');
    else if (line.broken) leave('a quote or an escape in it has no end');
    else if (kinds.has(keyword) || Object.hasOwn(otherSections, keyword)) {
      const [, name = '', ...rest] = line.words;
      const kind = kinds.has(keyword) ? (keyword as SectionKind) : 'other';
      const from = line.words.lastIndexOf('from');
      const base = from > 0 ? line.words[from + 1] : undefined;
      const inherited = base !== undefined ? (named.get(base) ?? defaults) : kind === 'defaults' ? [] : defaults;
      current = {
        kind,
        keyword,
        name: name === 'from' ? '' : name,
        line: line.line,
        rest: from > 1 ? line.words.slice(2, from) : rest,
        own: [],
        inherited,
      };
      sections.push(current);
      if (kind === 'defaults') {
        defaults = [...inherited];
        if (current.name !== '') named.set(current.name, defaults);
      }
    } else if (current === undefined) leave('it stands before any section');
    else {
      current.own.push(line);
      if (current.kind === 'defaults') defaults.push(line);
    }
  }
  return { sections, notes };
}
