import { RequestHead } from '../../../electron/engine/sessions/http/request-head.ts';
import { ResponseHead } from '../../../electron/engine/sessions/http/response-head.ts';
import { MalformedMessage, readAnswer, readRequest, show } from '../../support/strict-http.ts';
import { answerCases } from '../http-rules/answer-corpus.ts';
import { requestCases } from '../http-rules/corpus.ts';
import { perhapsMutated, type Case } from './run.ts';

/** Bytes and words that mean something to one parser or another. */
export const headSpice = [
  ...[
    '\r',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '\0',
    ':',
    ',',
    ';',
    '0',
    '1',
    '5',
    '\x0b',
    '\x80',
    '\xa0',
    '\xff',
    '/',
    '*',
    '@',
    '[',
    '%',
    '"',
    '\\',
  ],
  ...[
    'Content-Length: 5\r\n',
    'content-length:\t5 \r\n',
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
    'chunked',
  ],
  ...['Connection: close\r\n', 'Connection: x-a, Keep-Alive\r\n', 'Host: b\r\n', '\r\n\r\n', 'HTTP/1.0', 'HTTP/1.1', ' HTTP/1.1 '],
  ...['Upgrade: x\r\n', 'TE: trailers\r\n', 'Expect: 100-continue\r\n', 'identity', 'Cookie: a=b\r\n', 'X-Forwarded-For: 1.2.3.4\r\n'],
];

const short = (texts: Buffer[]): string[] => texts.filter((b) => b.length < 500).map((b) => b.toString('latin1'));
const requests = short(requestCases.map((c) => c.bytes));
export const answers = short(answerCases.map((c) => c.answer));

const head = new RequestHead();
const emptyLine = '\r\n\r\n';

function strict<T>(read: () => T): { value?: T; why?: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof MalformedMessage) return { why: error.message };
    throw error;
  }
}

/** What the parser lets pass, a strict reader must be able to read, with the same meaning, before and after it was rewritten. */
export function checkRequestHead({ pick }: Case): string | undefined {
  const bytes = Buffer.from(perhapsMutated(requests[pick(requests.length)]!, requests, headSpice, pick), 'latin1');
  const end = bytes.indexOf(emptyLine);
  if (end < 0) return undefined;
  // In the middle of a larger buffer, as bytes come: what stands around must not matter.
  const before = pick(3) * 5;
  const larger = Buffer.concat([Buffer.alloc(before, 'x'), bytes]);
  if (!head.parse(larger, before, before + end, { maxHeaders: 100 }, pick(2) === 0)) return undefined;
  const tell = (what: string): string => `${what}\n    sent: ${show(bytes, 500)}\n    goes on: ${show(head.forward, 500)}`;
  if (head.contentLength > 100_000) return undefined;
  const body = head.chunked ? '0\r\n\r\n' : 'x'.repeat(Math.max(0, head.contentLength));
  const meant = strict(() =>
    readRequest(Buffer.from(`${bytes.toString('latin1', 0, end)}${emptyLine}${body}`, 'latin1'), 0, head.minor === 0),
  );
  if (meant.why !== undefined) return tell(`passed, but a strict reader says: ${meant.why}`);
  if (!meant.value) return tell('passed, but a strict reader waits for more');
  if (meant.value.method !== head.method || meant.value.version !== `HTTP/1.${head.minor}`) return tell('another method or version');
  const rewritten = `${head.forward}${head.hostMissing ? 'Host: added\r\n' : ''}\r\n${body}`;
  const after = strict(() => readRequest(Buffer.from(rewritten, 'latin1')));
  if (after.why !== undefined) return tell(`rewritten badly: ${after.why}`);
  if (!after.value || after.value.length !== rewritten.length) return tell('rewritten with another framing');
  if (after.value.method !== head.method || after.value.target !== head.target) return tell('rewritten with another request line');
  if (after.value.body.toString('latin1') !== meant.value.body.toString('latin1')) return tell('rewritten with another body');
  return undefined;
}

const answerHead = new ResponseHead();

/** A strict reader misses the space before an empty reason; it is put back on the way. */
export const withSpace = (text: string): string => text.replace(/(^|\r\n\r\n)(HTTP\/1\.[01] [1-9][0-9]{2})\r\n/g, '$1$2 \r\n');

/** As with requests; `text` and `compact` are the two ways an answer's head goes on. */
export function checkResponseHead({ pick }: Case): string | undefined {
  const text = perhapsMutated(answers[pick(answers.length)]!, answers, headSpice, pick);
  const end = text.indexOf(emptyLine);
  if (end < 0) return undefined;
  const bytes = Buffer.from(text, 'latin1');
  if (!answerHead.parse(bytes, 0, end)) return undefined;
  // A coding other than chunked ends with the connection, which the strict reader does not know.
  if (answerHead.untilClose || answerHead.contentLength > 100_000) return undefined;
  const { status, contentLength, chunked, plain } = answerHead;
  const bodiless = status < 200 || status === 204 || status === 304;
  const body = bodiless ? '' : chunked ? '0\r\n\r\n' : 'x'.repeat(Math.max(0, contentLength));
  const tell = (what: string): string => `${what}\n    node sent: ${show(text, 500)}`;
  const read = (sent: string) => strict(() => readAnswer(Buffer.from(sent, 'latin1'), 'GET', true));
  const meant = read(withSpace(text.slice(0, end) + emptyLine + body));
  if (meant.why !== undefined) return tell(`passed, but a strict reader says: ${meant.why}`);
  if (meant.value?.status !== status) return tell('another status');
  if (meant.value.body.length !== body.length && meant.value.framing !== 'chunked') return tell('another framing');
  const rewritten = plain ? bytes.toString('latin1', answerHead.compact(bytes), end + 2) : answerHead.text(bytes);
  const after = read(`${rewritten}\r\n${body}`);
  if (after.why !== undefined) return tell(`rewritten badly: ${after.why}\n    as: ${show(rewritten, 500)}`);
  if (after.value?.status !== status || after.value.version !== 'HTTP/1.1')
    return tell(`rewritten with another status line: ${show(rewritten, 200)}`);
  if (!bodiless && after.value.body.length !== meant.value.body.length)
    return tell(`rewritten with another framing: ${show(rewritten, 500)}`);
  return undefined;
}
