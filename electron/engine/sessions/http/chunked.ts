import { CR, HEX, isToken, LF, SEMICOLON, VALUE } from './bytes.ts';
import { mayBeTrailer } from './header-rules.ts';

/** Where decoded body bytes go: a socket in practice. */
export interface BodySink {
  write(data: Buffer): unknown;
  write(text: string, encoding: 'latin1'): unknown;
}

const State = {
  size: 0,
  extension: 1,
  sizeLf: 2,
  data: 3,
  dataCr: 4,
  dataLf: 5,
  trailer: 6,
  done: 7,
} as const;

/** Extensions of one chunk; nobody uses them, and unbounded they are a way to make work (RFC 9112 section 7.1.1). */
const maxExtension = 1024;
/** Extensions of one message together. */
const maxExtensions = 16_384;
const maxTrailers = 8_192;

/**
 * A chunked body on its way through (RFC 9112 section 7.1): checks every byte of the framing, drops extensions, and either
 * keeps the chunks (`relay`) or takes them off (`strip`, for HTTP/1.0 clients).
 *
 * In `relay`, bytes are passed on as they are as long as a size line is whole within one read and carries no extension;
 * anything else is written anew, so what goes on is always what we could have written ourselves.
 */
export class ChunkedBody {
  done = false;
  /** True once the framing was broken; nothing more is passed on. */
  broken = false;

  private state: number = State.size;
  private size = 0;
  private digits = 0;
  private extension = 0;
  private extensions = 0;
  private remaining = 0;
  private trailer = '';
  private strip = false;
  private keepTrailers = true;

  /**
   * Begins a new body.
   * @param strip take the chunk framing off.
   * @param keepTrailers pass allowed trailer fields on; false drops them all.
   */
  begin(strip: boolean, keepTrailers: boolean): void {
    this.done = false;
    this.broken = false;
    this.state = State.size;
    this.size = 0;
    this.digits = 0;
    this.extension = 0;
    this.extensions = 0;
    this.remaining = 0;
    this.trailer = '';
    this.strip = strip;
    this.keepTrailers = keepTrailers;
  }

  /**
   * Takes `buffer[from, to)`.
   * @returns the index after the last byte that belongs to this body (`to` while it goes on), or −1 when it is broken.
   */
  push(buffer: Buffer, from: number, to: number, sink: BodySink): number {
    let p = from;
    // The run of bytes that can go on as it is; −1 when there is none.
    let run = this.state === State.data ? p : -1;
    let lineStart = this.state === State.size && this.digits === 0 ? p : -1;
    const flush = (end: number) => {
      if (run >= 0 && end > run) sink.write(run === 0 && end === buffer.length ? buffer : buffer.subarray(run, end));
      run = -1;
    };
    const fail = () => {
      this.broken = true;
      return -1;
    };

    while (p < to) {
      const c = buffer[p]!;
      switch (this.state) {
        case State.size: {
          const digit = HEX[c]!;
          if (digit !== 255) {
            if (++this.digits > 16) return fail();
            this.size = this.size * 16 + digit;
            if (this.size > Number.MAX_SAFE_INTEGER) return fail();
          } else if (this.digits === 0) return fail();
          else if (c === CR) this.state = State.sizeLf;
          else if (c === SEMICOLON) {
            this.state = State.extension;
            this.extension = 0;
            if (lineStart >= 0) {
              flush(lineStart);
              lineStart = -1;
            }
          } else return fail();
          p++;
          break;
        }
        case State.extension:
          if (c === CR) this.state = State.sizeLf;
          else if (VALUE[c] === 0 || ++this.extension > maxExtension || ++this.extensions > maxExtensions) return fail();
          p++;
          break;
        case State.sizeLf:
          if (c !== LF) return fail();
          p++;
          if (this.size === 0) {
            if (lineStart >= 0) flush(lineStart);
            this.state = State.trailer;
          } else {
            this.remaining = this.size;
            this.state = State.data;
            if (this.strip) run = p;
            else if (lineStart < 0) {
              // The line came in pieces or carried an extension: written anew.
              sink.write(`${this.size.toString(16)}\r\n`, 'latin1');
              run = p;
            } else if (run < 0) run = lineStart;
          }
          lineStart = -1;
          this.size = 0;
          this.digits = 0;
          break;
        case State.data: {
          const take = Math.min(this.remaining, to - p);
          p += take;
          this.remaining -= take;
          if (this.remaining === 0) {
            this.state = State.dataCr;
            if (this.strip) flush(p);
          }
          break;
        }
        case State.dataCr:
          if (c !== CR) return fail();
          this.state = State.dataLf;
          p++;
          // Cut between CR and LF: the CR stays here until its LF has been seen.
          if (p === to) flush(p - 1);
          break;
        case State.dataLf:
          if (c !== LF) return fail();
          p++;
          this.state = State.size;
          lineStart = p;
          if (!this.strip && run < 0) sink.write('\r\n', 'latin1');
          break;
        case State.trailer: {
          // The section is short and rare: gathered as text up to its empty line.
          const end = this.gatherTrailer(buffer, p, to);
          if (end < 0) return fail();
          if (!this.done) return to;
          const fields = this.readTrailer();
          if (fields === undefined) {
            this.done = false;
            return fail();
          }
          if (!this.strip) sink.write(`0\r\n${this.keepTrailers ? fields : ''}\r\n`, 'latin1');
          return end;
        }
      }
    }
    // A size line that began in this read and is not whole yet: its digits wait in `size`.
    if (this.state === State.size || this.state === State.sizeLf || this.state === State.extension) flush(lineStart >= 0 ? lineStart : p);
    else if (this.state === State.data) flush(p);
    else if (this.state === State.dataCr) flush(p);
    return to;
  }

  /** @returns the index after what was taken, or −1 when the section is too long or ends a line without CR. */
  private gatherTrailer(buffer: Buffer, from: number, to: number): number {
    for (let p = from; p < to; p++) {
      const c = buffer[p]!;
      const afterCr = this.trailer.charCodeAt(this.trailer.length - 1) === CR;
      // CR and LF come together or not at all (RFC 9112 section 2.2).
      if (afterCr !== (c === LF)) return -1;
      this.trailer += String.fromCharCode(c);
      if (this.trailer.length > maxTrailers) return -1;
      if (c === LF) {
        if (this.trailer === '\r\n' || this.trailer.endsWith('\r\n\r\n')) {
          this.done = true;
          this.state = State.done;
          return p + 1;
        }
      }
    }
    return to;
  }

  /** @returns the fields that may go on, each with its CRLF; undefined when the section is not well-formed. */
  private readTrailer(): string | undefined {
    let kept = '';
    for (const line of this.trailer.split('\r\n')) {
      if (line === '') continue;
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(colon, 0));
      if (!isToken(name)) return undefined;
      for (let i = colon + 1; i < line.length; i++) {
        const c = line.charCodeAt(i);
        if (VALUE[c] === 0) return undefined;
      }
      if (mayBeTrailer(name.toLowerCase())) kept += `${line}\r\n`;
    }
    this.trailer = '';
    return kept;
  }
}
