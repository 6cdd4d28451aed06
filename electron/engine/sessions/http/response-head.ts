import { COLON, CR, HTAB, isName, LF, SP, TOKEN, VALUE } from './bytes.ts';
import {
  bindsConnection,
  readConnection,
  readContentLength,
  trimWhiteSpace,
  withoutFields,
  type ConnectionOptions,
} from './header-rules.ts';

/** Fields of an answer at most; a node is trusted with more than a client. */
const maxHeaders = 1000;

/**
 * An answer's head, parsed as strictly as a request's: what is ambiguous is not passed on (RFC 9112 section 6.3).
 *
 * The usual answer loses one field (`Connection`) and gains none, so the head is not rebuilt: `compact` moves the bytes
 * before the dropped lines towards the body and the very buffer that came from the node goes to the client.
 */
export class ResponseHead implements ConnectionOptions {
  status = 0;
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  minor = 1;
  contentLength = -1;
  chunked = false;
  /** A transfer coding whose last is not `chunked`: the body ends where the connection does. */
  untilClose = false;
  close = false;
  keepAlive = false;
  upgrade = false;
  bad = false;
  names: string[] | undefined;
  upgradeTo = '';
  /** The node authenticates the connection, not the request (NTLM, Negotiate). */
  bound = false;

  private missesSpace = false;
  private start = 0;
  private end = 0;
  /** From and to of each dropped line; the array only grows, `dropCount` says how much of it counts. */
  private readonly drops: number[] = [];
  private dropCount = 0;

  /** Whether the node's connection may serve another request. */
  get persistent(): boolean {
    return this.minor === 1 ? !this.close : this.keepAlive && !this.close;
  }

  /** Parses `buffer[start, end)`; `end` is the index of the CRLFCRLF. @returns false when the answer must not be passed on. */
  parse(buffer: Buffer, start: number, end: number): boolean {
    this.start = start;
    this.end = end;
    this.contentLength = -1;
    this.chunked = false;
    this.untilClose = false;
    this.close = false;
    this.keepAlive = false;
    this.upgrade = false;
    this.bad = false;
    this.names = undefined;
    this.upgradeTo = '';
    this.bound = false;
    this.dropCount = 0;
    return this.read(buffer, start, end);
  }

  private read(buffer: Buffer, start: number, end: number): boolean {
    // Status line: HTTP/1.x SP 3DIGIT [SP reason] CRLF (RFC 9112 section 4).
    let p = start;
    if (buffer[p] !== 72 || buffer[p + 1] !== 84 || buffer[p + 2] !== 84 || buffer[p + 3] !== 80 || buffer[p + 4] !== 47) return false;
    if (buffer[p + 5] !== 49 || buffer[p + 6] !== 46 || buffer[p + 8] !== SP) return false;
    this.minor = buffer[p + 7]! - 48;
    if (this.minor !== 0 && this.minor !== 1) return false;
    const a = buffer[p + 9]! - 48;
    const b = buffer[p + 10]! - 48;
    const c = buffer[p + 11]! - 48;
    if (a < 1 || a > 9 || b < 0 || b > 9 || c < 0 || c > 9) return false;
    this.status = a * 100 + b * 10 + c;
    p += 12;
    // The space before an empty reason is often left out; it is put back, since a strict reader may miss it.
    this.missesSpace = buffer[p] === CR;
    if (buffer[p] === SP) while (VALUE[buffer[p]!] === 1) p++;
    if (buffer[p] !== CR || buffer[p + 1] !== LF) return false;
    p += 2;

    const limit = end + 2;
    let count = 0;
    let lengths = 0;
    let codingFields = 0;
    let codings = '';
    while (p < limit) {
      const lineStart = p;
      while (TOKEN[buffer[p]!] === 1) p++;
      const nameLength = p - lineStart;
      if (nameLength === 0 || buffer[p] !== COLON) return false;
      p++;
      while (buffer[p] === SP || buffer[p] === HTAB) p++;
      const valueStart = p;
      while (VALUE[buffer[p]!] === 1) p++;
      if (buffer[p] !== CR || buffer[p + 1] !== LF) return false;
      let valueEnd = p;
      while (valueEnd > valueStart && (buffer[valueEnd - 1] === SP || buffer[valueEnd - 1] === HTAB)) valueEnd--;
      p += 2;
      if (++count > maxHeaders) return false;

      switch (nameLength) {
        case 7:
          if (isName(buffer, lineStart, 'upgrade')) {
            this.upgradeTo = buffer.toString('latin1', valueStart, valueEnd);
            if (this.status !== 101) this.drop(lineStart, p);
          }
          break;
        case 10:
          if (isName(buffer, lineStart, 'connection')) {
            readConnection(buffer.toString('latin1', valueStart, valueEnd), this);
            if (this.status !== 101) this.drop(lineStart, p);
          } else if (isName(buffer, lineStart, 'keep-alive')) this.drop(lineStart, p);
          break;
        case 14:
          if (isName(buffer, lineStart, 'content-length')) {
            lengths++;
            this.contentLength = readContentLength(buffer.toString('latin1', valueStart, valueEnd));
            if (this.contentLength < 0) return false;
            // A 1xx or 204 must not carry one (RFC 9110 section 8.6), and we do not send what we could not have written.
            if (this.status < 200 || this.status === 204) this.drop(lineStart, p);
          }
          break;
        case 16:
          if (isName(buffer, lineStart, 'www-authenticate'))
            this.bound ||= bindsConnection(buffer.toString('latin1', valueStart, valueEnd));
          else if (isName(buffer, lineStart, 'proxy-connection')) this.drop(lineStart, p);
          break;
        case 17:
          if (isName(buffer, lineStart, 'transfer-encoding')) {
            const value = buffer.toString('latin1', valueStart, valueEnd).toLowerCase();
            codings = codingFields++ === 0 ? value : `${codings},${value}`;
            if (this.status < 200 || this.status === 204) this.drop(lineStart, p);
          }
          break;
      }
    }

    if (this.bad || lengths > 1) return false;
    if (codingFields > 0) {
      // Both together, or a coding in 1.0, is what response splitting is made of (RFC 9112 section 6.1).
      if (lengths > 0 || this.minor === 0) return false;
      const list = codings.split(',').map(trimWhiteSpace);
      if (list.some((coding) => !/^(?:chunked|gzip|x-gzip|deflate|compress|x-compress)$/.test(coding))) return false;
      const chunkedAt = list.indexOf('chunked');
      if (chunkedAt >= 0 && chunkedAt !== list.length - 1) return false;
      this.chunked = chunkedAt >= 0;
      this.untilClose = !this.chunked;
    }
    return true;
  }

  private drop(from: number, to: number): void {
    const last = this.dropCount - 1;
    // Adjacent lines (Connection, then Keep-Alive) become one move.
    if (last >= 0 && this.drops[last] === from) this.drops[last] = to;
    else {
      this.drops[this.dropCount] = from;
      this.drops[this.dropCount + 1] = to;
      this.dropCount += 2;
    }
  }

  /** Whether the head can go on as bytes, with nothing added. */
  get plain(): boolean {
    return this.names === undefined && !this.missesSpace;
  }

  /**
   * Removes the dropped lines in place and makes the version 1.1.
   * @returns where the head now starts in the same buffer; its end has not moved.
   */
  compact(buffer: Buffer): number {
    buffer[this.start + 7] = 49;
    let start = this.start;
    for (let i = 0; i < this.dropCount; i += 2) {
      const from = this.drops[i]!;
      const to = this.drops[i + 1]!;
      const length = to - from;
      buffer.copyWithin(start + length, start, from);
      start += length;
    }
    return start;
  }

  /** The head as text, without the empty line at its end: for when something has to be added or taken out by name. */
  text(buffer: Buffer): string {
    const start = this.compact(buffer);
    this.start = start;
    this.dropCount = 0;
    let text = buffer.toString('latin1', start, this.end + 2);
    if (this.missesSpace) text = `${text.slice(0, 12)} ${text.slice(12)}`;
    if (!this.names) return text;
    const line = text.indexOf('\r\n') + 2;
    return text.slice(0, line) + withoutFields(text.slice(line), this.names);
  }
}
