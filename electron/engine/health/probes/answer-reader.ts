/** A head longer than this is no answer to a check. */
const MAX_HEAD_BYTES = 32_768;
const MAX_CHUNK_LINE = 1_024;
/** As much of a body as is looked at. */
export const MAX_BODY_BYTES = 65_536;

const statusLine = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;

type Framing =
  { kind: 'length'; left: number } | { kind: 'chunked'; left: number; state: 'size' | 'data' | 'data-end' } | { kind: 'close' };

/**
 * Reads one HTTP/1.x answer to a check, in pieces of any size: final status and at most the first 64 KiB of the body.
 * Strict where an answer could be misread: a status line, length or chunk size that is not exactly one is an error.
 */
export class AnswerReader {
  readonly #noBody: boolean;
  #pending: Buffer = Buffer.alloc(0);
  #framing: Framing | undefined;
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  /** The final status; undefined until the head is complete. */
  status: number | undefined;
  /** All of the body that will be looked at is here. */
  complete = false;
  /** What makes this no HTTP answer. */
  error: string | undefined;

  /** @param method the request's; an answer to HEAD has no body. */
  constructor(method: string) {
    this.#noBody = method === 'HEAD';
  }

  get body(): string {
    return Buffer.concat(this.#body).toString('utf8');
  }

  /** Takes the next bytes. Does nothing once the answer is complete or broken. */
  push(chunk: Buffer): void {
    if (this.complete || this.error !== undefined) return;
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (this.status === undefined && this.error === undefined) if (!this.#readHead()) return;
    if (this.error === undefined) this.#readBody();
  }

  /** The node closed its side. */
  end(): void {
    if (this.complete || this.error !== undefined) return;
    if (this.#framing?.kind === 'close') this.complete = true;
    else if (this.status !== undefined) this.error = 'answer broke off';
    else this.error = this.#pending.length === 0 ? 'closed without an answer' : 'answer broke off';
  }

  /** @returns false when more bytes are needed. */
  #readHead(): boolean {
    const end = this.#pending.indexOf('\r\n\r\n', 0, 'latin1');
    if (end > MAX_HEAD_BYTES || (end < 0 && this.#pending.length > MAX_HEAD_BYTES)) {
      this.error = 'answer head is longer than 32 KiB';
      return false;
    }
    if (end < 0) {
      // Something that is not HTTP may never send an empty line: say so as soon as the first line shows it.
      const line = this.#pending.indexOf('\n', 0, 'latin1');
      if (line >= 0 && !statusLine.test(this.#pending.toString('latin1', 0, line).replace(/\r$/, '')))
        this.error = 'answer is not HTTP/1.x';
      return false;
    }
    const [first = '', ...fields] = this.#pending.toString('latin1', 0, end).split('\r\n');
    this.#pending = this.#pending.subarray(end + 4);
    const match = statusLine.exec(first);
    if (!match) {
      this.error = 'answer is not HTTP/1.x';
      return false;
    }
    const status = Number(match[1]);
    // Interim answers (100, 103) come before the final one; 101 is final.
    if (status < 200 && status !== 101) return true;
    this.status = status;
    this.#framing = this.#frame(status, fields);
    return true;
  }

  #frame(status: number, fields: readonly string[]): Framing {
    if (this.#noBody || status < 200 || status === 204 || status === 304) return { kind: 'length', left: 0 };
    const values = (name: string) =>
      fields.filter((f) => f.slice(0, f.indexOf(':')).toLowerCase() === name).map((f) => f.slice(name.length + 1).trim());
    const codings = values('transfer-encoding');
    if (codings.length > 0) {
      if (codings.join(',').toLowerCase() === 'chunked') return { kind: 'chunked', left: 0, state: 'size' };
      this.error = 'answer has a Transfer-Encoding other than chunked';
    }
    const lengths = new Set(values('content-length'));
    const length = [...lengths][0];
    if (length === undefined) return { kind: 'close' };
    if (lengths.size > 1 || !/^[0-9]{1,15}$/.test(length)) this.error = 'answer has a bad Content-Length';
    return { kind: 'length', left: Number(length) };
  }

  #readBody(): void {
    const framing = this.#framing!;
    if (framing.kind === 'chunked') this.#readChunks(framing);
    else if (framing.kind === 'close') this.#keep(this.#pending.length);
    else {
      framing.left -= this.#keep(Math.min(framing.left, this.#pending.length));
      if (framing.left === 0) this.complete = true;
    }
    if (this.#bodyBytes >= MAX_BODY_BYTES) this.complete = true;
  }

  /** Moves `count` pending bytes into the body, as far as it is looked at. */
  #keep(count: number): number {
    const wanted = Math.min(count, MAX_BODY_BYTES - this.#bodyBytes);
    if (wanted > 0) this.#body.push(this.#pending.subarray(0, wanted));
    this.#bodyBytes += wanted;
    this.#pending = this.#pending.subarray(count);
    return count;
  }

  #readChunks(framing: Extract<Framing, { kind: 'chunked' }>): void {
    while (this.#bodyBytes < MAX_BODY_BYTES) {
      if (framing.state === 'data') {
        framing.left -= this.#keep(Math.min(framing.left, this.#pending.length));
        if (framing.left > 0) return;
        framing.state = 'data-end';
      }
      if (framing.state === 'data-end') {
        if (this.#pending.length < 2) return;
        if (this.#pending[0] !== 13 || this.#pending[1] !== 10) {
          this.error = 'answer has a bad chunk';
          return;
        }
        this.#pending = this.#pending.subarray(2);
        framing.state = 'size';
      }
      const end = this.#pending.indexOf('\r\n', 0, 'latin1');
      if (end < 0 && this.#pending.length <= MAX_CHUNK_LINE) return;
      const size = end < 0 ? null : /^([0-9a-fA-F]{1,8})(?:[ \t]*;.*)?$/.exec(this.#pending.toString('latin1', 0, end));
      if (!size) {
        this.error = 'answer has a bad chunk size';
        return;
      }
      this.#pending = this.#pending.subarray(end + 2);
      framing.left = Number.parseInt(size[1]!, 16);
      framing.state = 'data';
      if (framing.left === 0) {
        // The last chunk. What trailers say does not matter to a check.
        this.complete = true;
        return;
      }
    }
  }
}
