import { formatPath } from './validate.ts';

/** Where and why a text is not JSON. Line and column count from 1, the column in characters. */
export class JsonError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, text: string, offset: number) {
    super(message);
    this.name = 'JsonError';
    const before = text.slice(0, offset);
    this.line = before.split('\n').length;
    this.column = offset - before.lastIndexOf('\n');
  }
}

const maxDepth = 100;
const escapes: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const plainPattern = /[^"\\\u0000-\u001f]*/y;

/** Text quoted for a message: what stands at a place, or that nothing does. */
function shown(text: string, at: number): string {
  const char = text.codePointAt(at);
  if (char === undefined) return 'the end of the file';
  return char === 10 || char === 13 ? 'the end of the line' : `"${String.fromCodePoint(char)}"`;
}

/** RFC 8259, strictly, with two things JSON.parse does not do: the place of a mistake, and a key given twice is one. */
class Reader {
  readonly #text: string;
  #at = 0;
  readonly #path: PropertyKey[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    this.#space();
    if (this.#at === this.#text.length) this.#fail('the file is empty');
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail(`expected the end of the file, got ${shown(this.#text, this.#at)}`);
    return value;
  }

  #fail(message: string, at = this.#at): never {
    throw new JsonError(message, this.#text, at);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
      this.#at++;
    }
    if (this.#text.startsWith('//', this.#at) || this.#text.startsWith('/*', this.#at))
      this.#fail('JSON has no comments; take this one out');
  }

  #value(): unknown {
    if (this.#path.length > maxDepth) this.#fail(`nested deeper than ${maxDepth} levels`);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      default:
        return this.#literal();
    }
  }

  #literal(): unknown {
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    numberPattern.lastIndex = this.#at;
    const number = numberPattern.exec(this.#text)?.[0];
    if (number === undefined) this.#fail(`expected a value, got ${shown(this.#text, this.#at)}`);
    this.#at += number.length;
    return Number(number);
  }

  #object(): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    const seen = new Set<string>();
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return out;
    }
    for (;;) {
      if (this.#text[this.#at] !== '"') {
        this.#fail(
          this.#text[this.#at] === '}'
            ? 'a comma before "}" must go'
            : `expected a key in double quotes, got ${shown(this.#text, this.#at)}`,
        );
      }
      const start = this.#at;
      const key = this.#string();
      this.#path.push(key);
      if (seen.has(key)) this.#fail(`${formatPath(this.#path)} is given twice`, start);
      seen.add(key);
      this.#space();
      if (this.#text[this.#at] !== ':') this.#fail(`expected ":" after the key "${key}", got ${shown(this.#text, this.#at)}`);
      this.#at++;
      this.#space();
      // Not an assignment: "__proto__" must become a key like any other, so that it is reported as an unknown one.
      Object.defineProperty(out, key, { value: this.#value(), enumerable: true, writable: true, configurable: true });
      this.#path.pop();
      this.#space();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== '}') this.#fail(`expected "," or "}", got ${shown(this.#text, this.#at)}`);
      this.#at++;
      if (next === '}') return out;
      this.#space();
    }
  }

  #array(): unknown[] {
    const out: unknown[] = [];
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return out;
    }
    for (;;) {
      if (this.#text[this.#at] === ']') this.#fail('a comma before "]" must go');
      this.#path.push(out.length);
      out.push(this.#value());
      this.#path.pop();
      this.#space();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== ']') this.#fail(`expected "," or "]", got ${shown(this.#text, this.#at)}`);
      this.#at++;
      if (next === ']') return out;
      this.#space();
    }
  }

  #string(): string {
    const start = this.#at++;
    let out = '';
    for (;;) {
      plainPattern.lastIndex = this.#at;
      const plain = plainPattern.exec(this.#text)?.[0] ?? '';
      out += plain;
      this.#at += plain.length;
      const char = this.#text[this.#at];
      if (char === '"') {
        this.#at++;
        return out;
      }
      if (char === undefined || char === '\n' || char === '\r') this.#fail('this text has no closing quote', start);
      if (char !== '\\') this.#fail('control characters in text must be written as \\u00XX');
      out += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    if (letter === 'u') {
      const hex = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail('\\u must be followed by four hexadecimal digits');
      this.#at += 6;
      return String.fromCharCode(parseInt(hex, 16));
    }
    const char = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (char === undefined) this.#fail(`\\${letter} is not an escape JSON knows; write \\\\ for a backslash`);
    this.#at += 2;
    return char;
  }
}

/** @throws JsonError with the line and column of the first mistake. */
export function parseJson(text: string): unknown {
  return new Reader(text).read();
}
