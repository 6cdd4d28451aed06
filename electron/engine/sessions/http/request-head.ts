import { COLON, CR, HTAB, isName, LF, SP, TARGET, TOKEN, VALUE } from './bytes.ts';
import { bindsConnection, isValidHost, readConnection, readContentLength, withoutFields, type ConnectionOptions } from './header-rules.ts';

/** Limits that belong to a listener. */
export interface HeadLimits {
  /** Fields at most. */
  maxHeaders: number;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/**
 * A request head, parsed strictly (RFC 9112 sections 2–6). One object per client connection, overwritten by each
 * request, so that a request costs no garbage but its strings.
 */
export class RequestHead implements ConnectionOptions {
  /** Status to refuse the request with; 0 when it is good. */
  refuse = 0;
  method = '';
  /** As it goes to the node: origin-form or `*`. */
  target = '';
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  minor = 1;
  host = '';
  /** Body length; −1 when there is no Content-Length. */
  contentLength = -1;
  chunked = false;
  close = false;
  keepAlive = false;
  upgrade = false;
  bad = false;
  names: string[] | undefined;
  /** Value of Upgrade; empty when there is none. */
  upgradeTo = '';
  expectContinue = false;
  /** `Cookie` fields joined by "; ". */
  cookies = '';
  /** X-Forwarded-For as the client sent it, joined by ", ". */
  forwardedFor = '';
  /** TE asked for trailers. */
  teTrailers = false;
  /** Authorization is bound to the connection (NTLM, Negotiate). */
  bound = false;
  /**
   * Request line and the client's end-to-end fields, each line with its CRLF, as they go to the node. Host is in it
   * unless `hostMissing`.
   */
  forward = '';
  /** The last Host found valid: a connection nearly always asks for the same one again. */
  private validHost = '';
  /** HTTP/1.0 without Host: the sender has to add one, since the node gets HTTP/1.1. */
  hostMissing = false;
  /** Fields the listener's `trustForwarded` decides about. */
  hasForwardedProto = false;
  hasForwardedHost = false;
  hasForwardedPort = false;

  get idempotent(): boolean {
    return IDEMPOTENT.has(this.method);
  }

  get hasBody(): boolean {
    return this.chunked || this.contentLength > 0;
  }

  /** Whether the client's connection may serve another request (RFC 9112 section 9.3). */
  get persistent(): boolean {
    return this.minor === 1 ? !this.close : this.keepAlive && !this.close;
  }

  /**
   * Parses `buffer[start, end)`; `end` is the index of the CRLFCRLF that ends the head.
   * @param trustForwarded keep Forwarded and X-Forwarded-Proto/-Host/-Port as the client sent them.
   * @returns true when the request may go on; otherwise `refuse` is its status.
   */
  parse(buffer: Buffer, start: number, end: number, limits: HeadLimits, trustForwarded: boolean): boolean {
    this.reset();
    this.refuse = this.read(buffer, start, end, limits, trustForwarded);
    return this.refuse === 0;
  }

  private reset(): void {
    this.contentLength = -1;
    this.chunked = false;
    this.close = false;
    this.keepAlive = false;
    this.upgrade = false;
    this.bad = false;
    this.names = undefined;
    this.upgradeTo = '';
    this.expectContinue = false;
    this.cookies = '';
    this.forwardedFor = '';
    this.teTrailers = false;
    this.bound = false;
    this.forward = '';
    this.host = '';
    this.hostMissing = false;
    this.hasForwardedProto = false;
    this.hasForwardedHost = false;
    this.hasForwardedPort = false;
  }

  private read(buffer: Buffer, start: number, end: number, limits: HeadLimits, trustForwarded: boolean): number {
    // With the CRLF of the last line, so that every line of `text` ends alike.
    const text = buffer.toString('latin1', start, end + 2);
    const limit = end + 2;
    let p = start;

    // Request line: method SP target SP HTTP/1.x CRLF, single spaces (RFC 9112 section 3).
    while (TOKEN[buffer[p]!] === 1) p++;
    const methodLength = p - start;
    if (methodLength === 0 || methodLength > 32 || buffer[p] !== SP) return 400;
    this.method = text.slice(0, methodLength);
    const targetStart = ++p;
    while (TARGET[buffer[p]!] === 1) p++;
    if (p === targetStart || buffer[p] !== SP) return 400;
    const target = text.slice(targetStart - start, p - start);
    p++;
    const version = readVersion(buffer, p);
    if (version < 0) return -version;
    this.minor = version;
    p += 10;

    // Fields. `runStart` is where the text not yet copied to `forward` begins: only what must not go on cuts it.
    const fieldsStart = p;
    let runStart = start;
    let forward = '';
    let count = 0;
    let hosts = 0;
    let hostValue = '';
    let lengths = 0;
    let codings = 0;
    let coding = '';
    let expects = false;
    let expectsOther = false;
    while (p < limit) {
      const lineStart = p;
      while (TOKEN[buffer[p]!] === 1) p++;
      const nameLength = p - lineStart;
      // Also refuses obs-fold and white space before the colon: neither is a tchar.
      if (nameLength === 0 || buffer[p] !== COLON) return 400;
      p++;
      while (buffer[p] === SP || buffer[p] === HTAB) p++;
      const valueStart = p;
      while (VALUE[buffer[p]!] === 1) p++;
      if (buffer[p] !== CR || buffer[p + 1] !== LF) return 400;
      let valueEnd = p;
      while (valueEnd > valueStart && (buffer[valueEnd - 1] === SP || buffer[valueEnd - 1] === HTAB)) valueEnd--;
      p += 2;
      if (++count > limits.maxHeaders) return 431;

      let drop = false;
      switch (nameLength) {
        case 2:
          if (isName(buffer, lineStart, 'te')) {
            drop = true;
            if (/(?:^|,)\s*trailers\s*(?:,|;|$)/i.test(text.slice(valueStart - start, valueEnd - start))) this.teTrailers = true;
          }
          break;
        case 4:
          if (isName(buffer, lineStart, 'host')) {
            hosts++;
            hostValue = text.slice(valueStart - start, valueEnd - start);
          }
          break;
        case 6:
          if (isName(buffer, lineStart, 'cookie')) {
            const value = text.slice(valueStart - start, valueEnd - start);
            this.cookies = this.cookies === '' ? value : `${this.cookies}; ${value}`;
          } else if (isName(buffer, lineStart, 'expect')) {
            // A 1.0 client cannot be told 100 (RFC 9110 section 10.1.1), so its expectation stays here.
            drop = version === 0;
            expects = true;
            expectsOther ||= text.slice(valueStart - start, valueEnd - start).toLowerCase() !== '100-continue';
          }
          break;
        case 7:
          if (isName(buffer, lineStart, 'upgrade')) {
            drop = true;
            const value = text.slice(valueStart - start, valueEnd - start);
            this.upgradeTo = this.upgradeTo === '' ? value : `${this.upgradeTo}, ${value}`;
          }
          break;
        case 9:
          if (isName(buffer, lineStart, 'forwarded')) drop = !trustForwarded;
          break;
        case 10:
          if (isName(buffer, lineStart, 'connection')) {
            drop = true;
            readConnection(text.slice(valueStart - start, valueEnd - start), this);
          } else if (isName(buffer, lineStart, 'keep-alive')) drop = true;
          break;
        case 13:
          if (isName(buffer, lineStart, 'authorization')) this.bound ||= bindsConnection(text.slice(valueStart - start, valueEnd - start));
          break;
        case 14:
          if (isName(buffer, lineStart, 'content-length')) {
            lengths++;
            this.contentLength = readContentLength(text.slice(valueStart - start, valueEnd - start));
            if (this.contentLength < 0) return 400;
          }
          break;
        case 15:
          if (isName(buffer, lineStart, 'x-forwarded-for')) {
            drop = true;
            const value = text.slice(valueStart - start, valueEnd - start);
            if (value !== '') this.forwardedFor = this.forwardedFor === '' ? value : `${this.forwardedFor}, ${value}`;
          }
          break;
        case 16:
          if (isName(buffer, lineStart, 'x-forwarded-host')) {
            drop = !trustForwarded;
            this.hasForwardedHost = trustForwarded;
          } else if (isName(buffer, lineStart, 'x-forwarded-port')) {
            drop = !trustForwarded;
            this.hasForwardedPort = trustForwarded;
          } else if (isName(buffer, lineStart, 'proxy-connection')) drop = true;
          break;
        case 17:
          if (isName(buffer, lineStart, 'transfer-encoding')) {
            codings++;
            coding = text.slice(valueStart - start, valueEnd - start);
          } else if (isName(buffer, lineStart, 'x-forwarded-proto')) {
            drop = !trustForwarded;
            this.hasForwardedProto = trustForwarded;
          }
          break;
      }
      if (drop) {
        if (lineStart > runStart) forward += text.slice(runStart - start, lineStart - start);
        runStart = p;
      }
    }

    // Framing (RFC 9112 section 6): one Content-Length or one `chunked`, never both, never twice.
    if (lengths > 1) return 400;
    if (codings > 0) {
      if (codings > 1 || lengths > 0 || version === 0) return 400;
      if (coding.toLowerCase() !== 'chunked') return 501;
      this.chunked = true;
    }
    if (this.bad) return 400;

    // Host (RFC 9112 section 3.2).
    if (hosts > 1 || (hosts === 0 && version === 1)) return 400;
    if (hosts === 1 && hostValue !== this.validHost) {
      if (!isValidHost(hostValue)) return 400;
      this.validHost = hostValue;
    }
    this.host = hostValue;
    this.hostMissing = hosts === 0;

    if (this.method === 'CONNECT' || this.method === 'TRACE') return 405;
    const form = this.readTarget(target);
    if (form < 0) return 400;

    if (expects && version === 1) {
      if (expectsOther) return 417;
      this.expectContinue = true;
    }
    // Upgrade counts only when Connection names it, and never in HTTP/1.0 (RFC 9110 section 7.8).
    if (!this.upgrade || version === 0) this.upgradeTo = '';

    const kept = forward + text.slice(runStart - start);
    if (form === 0 && version === 1) {
      this.forward = kept;
    } else {
      const fields = kept.slice(fieldsStart - start);
      const line = `${this.method} ${this.target} HTTP/1.1\r\n`;
      if (form === 1) {
        // The authority of an absolute-form target replaces Host (RFC 9112 section 3.2.2).
        this.forward = `${line}Host: ${this.host}\r\n${withoutFields(fields, ['host'])}`;
        this.hostMissing = false;
      } else this.forward = line + fields;
    }
    if (this.names) this.removeNominated();
    return 0;
  }

  /** @returns 0 origin- or asterisk-form, 1 absolute-form, −1 bad (RFC 9112 section 3.2). */
  private readTarget(target: string): number {
    if (target.charCodeAt(0) === 47) {
      this.target = target;
      return 0;
    }
    if (target === '*') {
      this.target = target;
      return this.method === 'OPTIONS' ? 0 : -1;
    }
    const match = /^https?:\/\/([^/?]*)([/?].*)?$/i.exec(target);
    if (!match || !isValidHost(match[1]!)) return -1;
    this.host = match[1]!;
    const rest = match[2];
    if (rest === undefined) this.target = this.method === 'OPTIONS' ? '*' : '/';
    else this.target = rest.startsWith('?') ? `/${rest}` : rest;
    return 1;
  }

  /** Fields named in Connection are for this hop only (RFC 9110 section 7.6.1). */
  private removeNominated(): void {
    const end = this.forward.indexOf('\r\n') + 2;
    this.forward = this.forward.slice(0, end) + withoutFields(this.forward.slice(end), this.names!);
    for (const name of this.names!) {
      if (name === 'cookie') this.cookies = '';
      if (name === 'x-forwarded-for') this.forwardedFor = '';
      if (name === 'x-forwarded-proto') this.hasForwardedProto = false;
      if (name === 'x-forwarded-host') this.hasForwardedHost = false;
      if (name === 'x-forwarded-port') this.hasForwardedPort = false;
    }
  }
}

/**
 * `HTTP/1.x` CRLF at `p`.
 * @returns the minor version, or minus the status to refuse with: 505 for another major version, else 400.
 */
function readVersion(buffer: Buffer, p: number): number {
  // "HTTP/" is case-sensitive (RFC 9112 section 2.3).
  if (buffer[p] !== 72 || buffer[p + 1] !== 84 || buffer[p + 2] !== 84 || buffer[p + 3] !== 80 || buffer[p + 4] !== 47) return -400;
  const major = buffer[p + 5]! - 48;
  const minor = buffer[p + 7]! - 48;
  if (buffer[p + 6] !== 46 || buffer[p + 8] !== CR || buffer[p + 9] !== LF) return -400;
  if (major < 0 || major > 9 || minor < 0 || minor > 9) return -400;
  if (major !== 1) return -505;
  return minor <= 1 ? minor : -400;
}
