/** One line of haproxy.cfg with words in it. */
export interface ConfigLine {
  /** From 1. */
  line: number;
  words: string[];
  /** It names a variable of HAProxy's environment, whose value nobody here knows. */
  hasVariable: boolean;
  /** A quote or an escape in it has no end. */
  broken: boolean;
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', ' ': ' ', '#': '#', '\\': '\\', '"': '"', "'": "'", $: '$' };

/**
 * Takes a line of haproxy.cfg apart as HAProxy does (its manual, section 2.2): words between white space, `#` begins a comment,
 * nothing has a meaning in single quotes, variables and escapes have one in double quotes, escapes outside of both.
 */
function readLine(text: string, line: number): ConfigLine | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '' | "'" | '"' = '';
  let hasVariable = false;
  let broken = false;
  let at = 0;
  while (at < text.length) {
    const char = text[at++]!;
    if (quote === "'") {
      if (char === "'") quote = '';
      else word += char;
      continue;
    }
    if (char === '\\') {
      const next = text[at++];
      const hex = next === 'x' ? /^[0-9A-Fa-f]{2}/.exec(text.slice(at))?.[0] : undefined;
      if (next === undefined) broken = true;
      else if (hex !== undefined) {
        word = (word ?? '') + String.fromCharCode(parseInt(hex, 16));
        at += 2;
        // What HAProxy does not know it leaves as it is, backslash included.
      } else word = (word ?? '') + (escapes[next] ?? `\\${next}`);
    } else if (quote === '"') {
      if (char === '"') quote = '';
      else {
        if (char === '$' && /^(?:\{|[A-Za-z_])/.test(text.slice(at))) hasVariable = true;
        word += char;
      }
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '#') break;
    else if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote !== '') broken = true;
  if (word !== undefined) words.push(word);
  return words.length === 0 ? undefined : { line, words, hasVariable, broken };
}

/** The lines of haproxy.cfg that say something. A byte order mark and line ends of either kind are accepted. */
export function readLines(text: string): ConfigLine[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .flatMap((line, i) => readLine(line, i + 1) ?? []);
}

const units: Record<string, number> = { us: 0.001, '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time of haproxy.cfg ("5s", "1500") in milliseconds; undefined for anything else. */
export function readTime(word: string | undefined): number | undefined {
  const match = /^([0-9]{1,12})(us|ms|s|m|h|d)?$/.exec(word ?? '');
  return match ? Math.round(Number(match[1]) * units[match[2] ?? '']!) : undefined;
}

/** A number with a factor, as sizes of tables have it: "100k" is 102,400. */
export function readSize(word: string | undefined): number | undefined {
  const match = /^([0-9]{1,12})([kmg]?)$/i.exec(word ?? '');
  return match
    ? Number(match[1]) * { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match[2]!.toLowerCase() as '' | 'k' | 'm' | 'g']
    : undefined;
}

/** A whole number, nothing else. */
export function readNumber(word: string | undefined): number | undefined {
  return /^[0-9]{1,12}$/.test(word ?? '') ? Number(word) : undefined;
}
