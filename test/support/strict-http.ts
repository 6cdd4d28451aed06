/**
 * A second opinion on HTTP/1.1 framing: a slow reader that knows nothing of the engine's parser and forgives nothing.
 * Whatever the engine writes, to a node or to a client, has to read as one message here (RFC 9112), with one meaning.
 */

/** Bytes that are not a message, with the reason and where it stands. */
export class MalformedMessage extends Error {
  constructor(what: string, at: number) {
    super(`${what} at byte ${at}`);
    this.name = 'MalformedMessage';
  }
}

export type Fields = [name: string, value: string][];
export type Framing = 'none' | 'length' | 'chunked' | 'close';

export interface StrictMessage {
  startLine: string;
  /** Names as written, values without the white space around them, as latin1 (one character a byte). */
  fields: Fields;
  framing: Framing;
  body: Buffer;
  trailers: Fields;
  /** A chunk line carried an extension. */
  extensions: boolean;
  /** Bytes the message took. */
  length: number;
}

export interface StrictRequest extends StrictMessage {
  method: string;
  target: string;
  version: string;
}

export interface StrictAnswer extends StrictMessage {
  version: string;
  status: number;
  reason: string;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** All values of a field, in order. */
export function values(fields: Fields, name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.filter(([n]) => n.toLowerCase() === wanted).map(([, v]) => v);
}

/** The one value of a field, undefined if it is absent or repeated. */
export function value(fields: Fields, name: string): string | undefined {
  const all = values(fields, name);
  return all.length === 1 ? all[0] : undefined;
}

/** Bytes as a person can read them in a failure: CR, LF and other controls spelt out, cut after `max` characters. */
export function show(bytes: Buffer | string, max = 600): string {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
  const spelt = text.replace(/[\u0000-\u001f\u007f-\u00ff\\]/g, (c) => {
    if (c === '\r') return '\\r';
    if (c === '\n') return '\\n';
    if (c === '\t') return '\\t';
    if (c === '\\') return '\\\\';
    return `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return spelt.length > max ? `${spelt.slice(0, max)}…(${text.length} bytes)` : spelt;
}

function readFieldLines(text: string, at: number): Fields {
  const fields: Fields = [];
  let offset = at;
  for (const line of text === '' ? [] : text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) throw new MalformedMessage(`field line without a colon (${show(line, 60)})`, offset);
    const name = line.slice(0, colon);
    if (!token.test(name)) throw new MalformedMessage(`field name is not a token (${show(name, 60)})`, offset);
    const fieldValue = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(fieldValue)) throw new MalformedMessage(`control in the value of ${name}`, offset);
    fields.push([name, fieldValue]);
    offset += line.length + 2;
  }
  return fields;
}

interface Body {
  body: Buffer;
  trailers: Fields;
  extensions: boolean;
  end: number;
}

function readChunked(bytes: Buffer, start: number): Body | undefined {
  const parts: Buffer[] = [];
  let at = start;
  let extensions = false;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
    if (lineEnd < 0) {
      if (bytes.length - at > 20_000) throw new MalformedMessage('endless chunk line', at);
      return undefined;
    }
    const line = bytes.toString('latin1', at, lineEnd);
    const match = /^([0-9A-Fa-f]{1,16})(;[\t\u0020-\u007e\u0080-\u00ff]*)?$/.exec(line);
    if (!match) throw new MalformedMessage(`chunk line (${show(line, 60)})`, at);
    if (match[2] !== undefined) extensions = true;
    const size = Number.parseInt(match[1]!, 16);
    if (size > Number.MAX_SAFE_INTEGER) throw new MalformedMessage('chunk size overflows', at);
    at = lineEnd + 2;
    if (size === 0) break;
    if (bytes.length < at + size + 2) {
      const gap = bytes.subarray(at + size, at + size + 2).toString('latin1');
      if (gap.length === 1 && gap !== '\r') throw new MalformedMessage('chunk data not followed by CRLF', at + size);
      return undefined;
    }
    if (bytes[at + size] !== 13 || bytes[at + size + 1] !== 10) throw new MalformedMessage('chunk data not followed by CRLF', at + size);
    parts.push(bytes.subarray(at, at + size));
    at += size + 2;
  }
  if (bytes.length < at + 2) return undefined;
  if (bytes[at] === 13 && bytes[at + 1] === 10) return { body: Buffer.concat(parts), trailers: [], extensions, end: at + 2 };
  const end = bytes.indexOf('\r\n\r\n', at, 'latin1');
  if (end < 0) return undefined;
  return { body: Buffer.concat(parts), trailers: readFieldLines(bytes.toString('latin1', at, end), at), extensions, end: end + 4 };
}

function readHead(bytes: Buffer, from: number): { startLine: string; fields: Fields; bodyAt: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n', from, 'latin1');
  if (end < 0) return undefined;
  const text = bytes.toString('latin1', from, end);
  const lineEnd = text.indexOf('\r\n');
  const startLine = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const fields = lineEnd < 0 ? [] : readFieldLines(text.slice(lineEnd + 2), from + lineEnd + 2);
  return { startLine, fields, bodyAt: end + 4 };
}

function framingOf(fields: Fields, at: number): { kind: 'chunked' } | { kind: 'length'; length: number } | { kind: 'unsaid' } {
  const codings = values(fields, 'transfer-encoding');
  const lengths = values(fields, 'content-length');
  if (codings.length > 0 && lengths.length > 0) throw new MalformedMessage('Content-Length beside Transfer-Encoding', at);
  if (lengths.length > 1) throw new MalformedMessage('several Content-Length', at);
  if (codings.length > 0) {
    const last = codings
      .join(',')
      .split(',')
      .map((c) => c.trim().toLowerCase());
    if (last.at(-1) !== 'chunked' || last.filter((c) => c === 'chunked').length > 1)
      throw new MalformedMessage(`Transfer-Encoding ${show(codings.join(', '), 60)}`, at);
    return { kind: 'chunked' };
  }
  if (lengths.length === 1) {
    if (!/^[0-9]{1,20}$/.test(lengths[0]!) || Number(lengths[0]) > Number.MAX_SAFE_INTEGER)
      throw new MalformedMessage(`Content-Length ${show(lengths[0]!, 60)}`, at);
    return { kind: 'length', length: Number(lengths[0]) };
  }
  return { kind: 'unsaid' };
}

/**
 * Reads one request.
 * @param anyHost do not ask for exactly one Host (to read what clients send rather than what nodes get).
 * @returns undefined while it is not whole.
 * @throws MalformedMessage when it can never become one.
 */
export function readRequest(bytes: Buffer, from = 0, anyHost = false): StrictRequest | undefined {
  const head = readHead(bytes, from);
  if (!head) {
    const soFar = bytes.toString('latin1', from, Math.min(bytes.length, from + 100));
    if (soFar !== '' && !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(soFar)) throw new MalformedMessage(`not a request (${show(soFar, 40)})`, from);
    return undefined;
  }
  const line = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\u0021-\u007e]+) (HTTP\/1\.[01])$/.exec(head.startLine);
  if (!line) throw new MalformedMessage(`request line (${show(head.startLine, 100)})`, from);
  if (!anyHost && values(head.fields, 'host').length !== 1)
    throw new MalformedMessage(`${values(head.fields, 'host').length} Host fields`, from);
  const common = { startLine: head.startLine, fields: head.fields, method: line[1]!, target: line[2]!, version: line[3]! };
  const framing = framingOf(head.fields, from);
  if (framing.kind === 'unsaid')
    return { ...common, framing: 'none', body: Buffer.alloc(0), trailers: [], extensions: false, length: head.bodyAt - from };
  if (framing.kind === 'length') {
    const end = head.bodyAt + framing.length;
    if (bytes.length < end) return undefined;
    const body = bytes.subarray(head.bodyAt, end);
    return { ...common, framing: 'length', body, trailers: [], extensions: false, length: end - from };
  }
  const body = readChunked(bytes, head.bodyAt);
  return body && { ...common, framing: 'chunked', ...body, length: body.end - from };
}

/**
 * Reads one answer, interim (1xx) or final.
 * @param method of the request it answers: HEAD has no body; a 2xx to CONNECT neither.
 * @param ended whether the sender has closed its side: that ends a body of unsaid length.
 * @returns undefined while it is not whole.
 * @throws MalformedMessage when it can never become one.
 */
export function readAnswer(bytes: Buffer, method: string, ended: boolean, from = 0): StrictAnswer | undefined {
  const head = readHead(bytes, from);
  if (!head) {
    const soFar = bytes.toString('latin1', from, Math.min(bytes.length, from + 7));
    if (!'HTTP/1.'.startsWith(soFar)) throw new MalformedMessage(`not an answer (${show(bytes.subarray(from), 40)})`, from);
    return undefined;
  }
  const line = /^(HTTP\/1\.[01]) ([1-9][0-9]{2}) ([\t\u0020-\u007e\u0080-\u00ff]*)$/.exec(head.startLine);
  if (!line) throw new MalformedMessage(`status line (${show(head.startLine, 100)})`, from);
  const status = Number(line[2]);
  const common = { startLine: head.startLine, fields: head.fields, version: line[1]!, status, reason: line[3]! };
  const bodiless = status < 200 || status === 204 || status === 304 || method === 'HEAD';
  // Even where no body follows, the fields must not say two things.
  const framing = framingOf(head.fields, from);
  if (bodiless) return { ...common, framing: 'none', body: Buffer.alloc(0), trailers: [], extensions: false, length: head.bodyAt - from };
  if (framing.kind === 'length') {
    const end = head.bodyAt + framing.length;
    if (bytes.length < end) return undefined;
    const body = bytes.subarray(head.bodyAt, end);
    return { ...common, framing: 'length', body, trailers: [], extensions: false, length: end - from };
  }
  if (framing.kind === 'chunked') {
    const body = readChunked(bytes, head.bodyAt);
    return body && { ...common, framing: 'chunked', ...body, length: body.end - from };
  }
  if (!ended) return undefined;
  const body = bytes.subarray(head.bodyAt);
  return { ...common, framing: 'close', body, trailers: [], extensions: false, length: bytes.length - from };
}

/** Answers of one connection in order: the requests' methods say which have no body. Interim answers stand before their final one. */
export function readAnswers(bytes: Buffer, methods: readonly string[], ended: boolean): { answers: StrictAnswer[]; rest: Buffer } {
  const answers: StrictAnswer[] = [];
  let at = 0;
  let turn = 0;
  while (at < bytes.length) {
    const answer = readAnswer(bytes, methods[turn] ?? 'GET', ended, at);
    if (!answer) break;
    answers.push(answer);
    at += answer.length;
    if (answer.status === 101) break;
    if (answer.status >= 200) turn++;
  }
  return { answers, rest: bytes.subarray(at) };
}
