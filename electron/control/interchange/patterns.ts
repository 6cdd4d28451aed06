/**
 * Regular expressions between JavaScript and PCRE. Only what both read the same way passes; the rest is refused instead of
 * meaning something else on the other side.
 */

const classEscapes = new Set([...'dDwWsSbB']);
const controlEscapes = new Set([...'nrtfv']);
const punctuation = /[\^$\\.*+?()[\]{}|/\-"'#%&,:;<=>@_`~! ]/;
const printable = /[\x20-\x7e]/;

class Reader {
  at = 0;
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  get peek(): string {
    return this.source[this.at] ?? '';
  }

  next(): string {
    return this.source[this.at++] ?? '';
  }

  take(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.source)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

function readClass(reader: Reader): string | undefined {
  let out = reader.peek === '^' ? `[${reader.next()}` : '[';
  // "[]" and "[^]" are nothing and anything here, and a literal bracket there.
  if (reader.peek === ']') return undefined;
  let afterSet = false;
  for (;;) {
    const char = reader.next();
    if (char === '' || !printable.test(char)) return undefined;
    if (char === ']') return `${out}]`;
    // A hyphen beside a set such as \d is read differently.
    if (char === '-' && (afterSet || (reader.peek === '\\' && classEscapes.has(reader.source[reader.at + 1] ?? '')))) return undefined;
    afterSet = false;
    if (char === '\\') {
      const escaped = reader.next();
      if (/[dDwWsS]/.test(escaped)) afterSet = true;
      else if (!controlEscapes.has(escaped) && !punctuation.test(escaped)) return undefined;
      out += `\\${escaped}`;
    } else out += char === '[' ? '\\[' : char;
  }
}

/** A JavaScript pattern as PCRE reads it; undefined when it cannot be sure to mean the same. */
export function toPcre(pattern: string): string | undefined {
  const reader = new Reader(pattern);
  let out = '';
  while (reader.at < pattern.length) {
    const char = reader.next();
    if (!printable.test(char)) return undefined;
    switch (char) {
      case '\\': {
        const escaped = reader.next();
        if (!classEscapes.has(escaped) && !controlEscapes.has(escaped) && !punctuation.test(escaped)) return undefined;
        out += `\\${escaped}`;
        break;
      }
      case '[': {
        const set = readClass(reader);
        if (set === undefined) return undefined;
        out += set;
        break;
      }
      case '(': {
        if (reader.peek !== '?') {
          out += '(';
          break;
        }
        const kind = reader.take(/\?[:=!]/);
        if (kind === undefined) return undefined;
        out += `(${kind}`;
        break;
      }
      case '{': {
        reader.at--;
        const count = reader.take(/\{[0-9]{1,4}(?:,(?:[0-9]{1,4})?)?\}/);
        if (count === undefined) return undefined;
        out += count;
        break;
      }
      case '}':
      case ']':
        out += `\\${char}`;
        break;
      case '.':
        // Without the s flag a dot stands for no line end of either kind.
        out += '[^\\n\\r]';
        break;
      case '$':
        // PCRE's own also matches before a last line end.
        out += '\\z';
        break;
      default:
        out += char;
    }
  }
  return out;
}

/** A PCRE pattern as JavaScript reads it; undefined when it cannot be sure to mean the same. */
export function fromPcre(pattern: string): string | undefined {
  // The ends of the subject have other names; what else is written with a backslash and a letter must be the same in both.
  const source = pattern.replace(/\\[\s\S]/g, (escape) => (escape === '\\z' || escape === '\\Z' ? '$' : escape === '\\A' ? '^' : escape));
  for (const [, escaped = ''] of source.matchAll(/\\([\s\S])/g))
    if (/[A-Za-z0-9]/.test(escaped) && !classEscapes.has(escaped) && !controlEscapes.has(escaped)) return undefined;
  if (/\(\?(?![:=!])|\(\*|\[\[:|[*+?}]\+/.test(source.replace(/\\[\s\S]/g, ''))) return undefined;
  try {
    new RegExp(source);
    return source;
  } catch {
    return undefined;
  }
}

/** Statuses as ranges ("200-299,304") of those three-digit numbers that `matches`; undefined for none. */
export function statusRanges(matches: (status: number) => boolean): string | undefined {
  const ranges: [number, number][] = [];
  for (let status = 100; status <= 599; status++) {
    if (!matches(status)) continue;
    const last = ranges.at(-1);
    if (last && last[1] === status - 1) last[1] = status;
    else ranges.push([status, status]);
  }
  return ranges.length === 0 ? undefined : ranges.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(',');
}
