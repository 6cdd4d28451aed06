import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerReader, MAX_BODY_BYTES } from '../../../../../electron/engine/health/probes/answer-reader.ts';

/** What a reader makes of `text`, cut at `cuts`. */
function read(text: string, cuts: number[] = [], method = 'GET') {
  const bytes = Buffer.from(text, 'latin1');
  const reader = new AnswerReader(method);
  let from = 0;
  for (const cut of [...cuts, bytes.length].map((c) => Math.min(c, bytes.length)).sort((a, b) => a - b)) {
    reader.push(bytes.subarray(from, cut));
    from = cut;
  }
  const complete = reader.complete;
  reader.end();
  return { status: reader.status, body: reader.body, error: reader.error, complete };
}

const head = (status: string, ...fields: string[]) => `HTTP/1.1 ${status}\r\n${fields.map((f) => `${f}\r\n`).join('')}\r\n`;

describe('AnswerReader', () => {
  it.each([
    ['a length', head('200 OK', 'Content-Length: 5') + 'hello', { status: 200, body: 'hello', error: undefined, complete: true }],
    [
      'chunks',
      head('200 OK', 'transfer-encoding: Chunked') + '2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
      { status: 200, body: 'hello', error: undefined, complete: true },
    ],
    ['the end of the connection', head('200 OK') + 'hello', { status: 200, body: 'hello', error: undefined, complete: false }],
    ['no reason phrase', head('204'), { status: 204, body: '', error: undefined, complete: true }],
    [
      'an interim answer first',
      head('103 Early Hints', 'Link: x') + head('200 OK', 'Content-Length: 0'),
      { status: 200, body: '', error: undefined, complete: true },
    ],
    [
      'no body where none may be',
      head('304 Not Modified', 'Content-Length: 9'),
      { status: 304, body: '', error: undefined, complete: true },
    ],
  ])('reads %s, however it is cut', (_, text, wanted) => {
    expect(read(text)).toEqual(wanted);
    for (let cut = 0; cut <= text.length; cut++) expect(read(text, [cut])).toEqual(wanted);
    expect(
      read(
        text,
        [...text].map((_c, i) => i),
      ),
    ).toEqual(wanted);
  });

  it.each([
    ['SSH-2.0-OpenSSH_9.2\r\n', 'answer is not HTTP/1.x'],
    ['HTTP/2 200\r\n\r\n', 'answer is not HTTP/1.x'],
    ['HTTP/1.1  200 OK\r\n\r\n', 'answer is not HTTP/1.x'],
    ['HTTP/1.1 2000 OK\r\n\r\n', 'answer is not HTTP/1.x'],
    ['HTTP/1.1 099 No\r\n\r\n', 'answer is not HTTP/1.x'],
    ['', 'closed without an answer'],
    ['HTTP/1.1 200', 'answer broke off'],
    [head('200 OK', 'Content-Length: 5') + 'hell', 'answer broke off'],
    [head('200 OK', 'Content-Length: 5', 'Content-Length: 6') + 'hello', 'answer has a bad Content-Length'],
    [head('200 OK', 'Content-Length: -1'), 'answer has a bad Content-Length'],
    [head('200 OK', 'Transfer-Encoding: gzip, chunked'), 'answer has a Transfer-Encoding other than chunked'],
    [head('200 OK', 'Transfer-Encoding: chunked') + 'zz\r\n', 'answer has a bad chunk size'],
    [head('200 OK', 'Transfer-Encoding: chunked') + '2\r\nhexx', 'answer has a bad chunk'],
    [head('200 OK', `X: ${'x'.repeat(40_000)}`), 'answer head is longer than 32 KiB'],
  ])('refuses %j', (text, error) => {
    expect(read(text).error).toBe(error);
  });

  it('has no body in an answer to HEAD', () => {
    expect(read(head('200 OK', 'Content-Length: 5'), [], 'HEAD')).toEqual({ status: 200, body: '', error: undefined, complete: true });
  });

  it('looks at no more than 64 KiB', () => {
    for (const text of [
      head('200 OK', 'Content-Length: 1000000') + 'x'.repeat(70_000),
      head('200 OK') + 'x'.repeat(70_000),
      head('200 OK', 'Transfer-Encoding: chunked') + 'f4240\r\n' + 'x'.repeat(70_000),
    ]) {
      const result = read(text, [100, 20_000]);
      expect(result.complete).toBe(true);
      expect(result.body).toHaveLength(MAX_BODY_BYTES);
    }
  });

  it('comes to the same result for any bytes at any cuts, and never throws', () => {
    const piece = fc.constantFrom(
      'HTTP/1.1 200 OK',
      '\r\n',
      '\r',
      '\n',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      '3',
      '0',
      'abc',
      ' ',
      ':',
      ';',
      'HTTP/1.1 100 Go',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(300), { maxLength: 8 }), (pieces, cuts) => {
        const text = pieces.join('');
        expect(read(text, cuts)).toEqual(read(text));
      }),
      { numRuns: 500 },
    );
  });
});
