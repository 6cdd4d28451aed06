import { badChunks, badCodings, badFieldLines, badLengths } from './corpus.ts';

/**
 * What nodes answer and what the client must get, row by row of the HTTP rules. The same strictness as for requests: what could be
 * read two ways becomes 502 and the node's connection is closed.
 */

export type AnswerExpectation =
  /** The client gets this one answer. */
  | {
      kind: 'passed';
      status: number;
      body?: string;
      /** Fields (lower case) with the values the client must see; [] for none. */
      fields?: Readonly<Record<string, readonly string[]>>;
      trailers?: Readonly<Record<string, readonly string[]>>;
      /** Statuses of interim answers that come before. */
      interim?: readonly number[];
      /** Fields (lower case) those must not have. */
      interimWithout?: readonly string[];
      /** The client's connection is closed after it. */
      closes?: boolean;
      /** 502 is well too. */
      or502?: boolean;
    }
  /** 502, and the node's connection is closed. */
  | { kind: 'bad' }
  /** 502 if the head had not gone out, else a cut that cannot be taken for an end; the node's connection is closed. */
  | { kind: 'cut'; orPassed?: string }
  /** Well up to its length, with bytes behind it: they never reach a client and the node's connection is never used again. */
  | { kind: 'surplus'; status: number; body: string };

export interface AnswerCase {
  row: number;
  name: string;
  request: string;
  answer: Buffer;
  /** What the node does after its last byte. Default keep. */
  then: 'keep' | 'end' | 'reset';
  expect: AnswerExpectation;
  cuts?: readonly number[];
}

export const plainGet = 'GET /zq7 HTTP/1.1\r\nHost: zq7.test\r\n\r\n';
const oldGet = 'GET /zq7 HTTP/1.0\r\nHost: zq7.test\r\n\r\n';
const oldKeepAlive = 'GET /zq7 HTTP/1.0\r\nHost: zq7.test\r\nConnection: keep-alive\r\n\r\n';
const headRequest = 'HEAD /zq7 HTTP/1.1\r\nHost: zq7.test\r\n\r\n';

const cases: AnswerCase[] = [];
function add(row: number, name: string, answer: string, expect: AnswerExpectation, more: Partial<AnswerCase> = {}): void {
  cases.push({ row, name, request: plainGet, answer: Buffer.from(answer, 'latin1'), then: 'keep', expect, ...more });
}
const passed = (
  more: Omit<Extract<AnswerExpectation, { kind: 'passed' }>, 'kind' | 'status'> & { status?: number } = {},
): AnswerExpectation => ({
  kind: 'passed',
  status: 200,
  ...more,
});
const bad: AnswerExpectation = { kind: 'bad' };
const cut: AnswerExpectation = { kind: 'cut' };
const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const ok = (...fields: string[]) => head('HTTP/1.1 200 OK', ...fields);
const chunked = (body: string, ...fields: string[]) => ok('Transfer-Encoding: chunked', ...fields) + body;

add(1, 'length and coding', ok('Content-Length: 5', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n0\r\n\r\n', bad);
add(1, 'coding and length', ok('Transfer-Encoding: chunked', 'Content-Length: 0') + '5\r\nhello\r\n0\r\n\r\n', bad);
add(1, 'odd case', ok('cOnTeNt-LeNgTh: 5', 'A: 1', 'tRANSFER-eNCODING: CHUNKED') + '0\r\n\r\n', bad);
add(1, 'identity', ok('Content-Length: 5', 'Transfer-Encoding: identity') + 'hello', bad);

for (const [name, length] of Object.entries(badLengths)) add(2, name, ok(`Content-Length: ${length}`) + 'hello', bad, { then: 'end' });
add(2, 'twice, the same', ok('Content-Length: 5', 'Content-Length: 5') + 'hello', bad);
add(2, 'twice, different', ok('Content-Length: 5', 'content-length: 0') + 'hello', bad);
add(2, 'good', ok('Content-Length: 5') + 'hello', passed({ body: 'hello' }));
add(2, 'good: leading zeros', ok('Content-Length: 0005') + 'hello', passed({ body: 'hello' }));
add(2, 'good: 0', ok('Content-Length: 0'), passed({ body: '' }));
add(
  2,
  'good: the body looks like an answer',
  ok('Content-Length: 38') + ok('Content-Length: 0'),
  passed({ body: ok('Content-Length: 0') }),
);

for (const [name, coding] of Object.entries(badCodings)) {
  if (['gzip, chunked', 'deflate,chunked', 'gzip', 'identity, chunked'].includes(name)) continue;
  add(3, name, ok(`Transfer-Encoding: ${coding}`) + '5\r\nhello\r\n0\r\n\r\n', bad, { then: 'end' });
}
add(3, 'no-break space behind', ok('Transfer-Encoding: chunked\xa0') + '0\r\n\r\n', bad);
add(3, 'two fields, chunked twice', ok('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + '0\r\n\r\n', bad);
add(3, 'in HTTP/1.0', head('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked') + '5\r\nhello\r\n0\r\n\r\n', bad);
add(3, 'good: chunked', chunked('5\r\nhello\r\n0\r\n\r\n'), passed({ body: 'hello' }));
add(3, 'good: CHUNKED', ok('Transfer-Encoding: CHUNKED') + '5\r\nhello\r\n0\r\n\r\n', passed({ body: 'hello' }));
add(3, 'good: gzip, chunked', ok('Transfer-Encoding: gzip, chunked') + '5\r\nhello\r\n0\r\n\r\n', passed({ body: 'hello' }));
add(3, 'good: empty', chunked('0\r\n\r\n'), passed({ body: '' }));
add(3, 'good: several', chunked('1\r\na\r\nA\r\n0123456789\r\n0\r\n\r\n'), passed({ body: 'a0123456789' }));

for (const [name, line] of Object.entries(badFieldLines)) add(4, name, ok(line, 'Content-Length: 5') + 'hello', bad);
add(4, 'space before the colon of Content-Length', ok('Content-Length : 5') + 'hello', bad);

add(5, 'space', ok('Content-Length: 5', 'X: a', ' b') + 'hello', bad);
add(5, 'tab', ok('Content-Length: 5', 'X: a', '\tb') + 'hello', bad);
add(5, 'first line', ok(' X: a', 'Content-Length: 5') + 'hello', bad);
add(5, 'Content-Length', ok('Content-Length:', ' 5') + 'hello', bad);
add(5, 'last line', ok('Content-Length: 5', ' ') + 'hello', bad);

{
  const base = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: b\r\n\r\n';
  for (const [name, byte] of Object.entries({ LF: '\n', CR: '\r', NUL: '\0', 'vertical tab': '\x0b' })) {
    for (let at = 0; at < base.length; at++) {
      if (byte === '\n' && at === base.length - 1) continue;
      const end = at > base.length - 4 ? '\r\n\r\n' : '';
      add(6, `${name} put in at ${at}`, base.slice(0, at) + byte + base.slice(at) + end, bad, { cuts: [at, at + 1] });
    }
  }
  for (let at = 0; at < base.length - 4; at++) {
    if (base[at] !== '\r') continue;
    add(6, `LF alone at ${at}`, base.slice(0, at) + base.slice(at + 1), bad);
    add(6, `CR alone at ${at}`, base.slice(0, at + 1) + base.slice(at + 2), bad);
  }
}

for (const [name, body] of Object.entries(badChunks)) {
  add(7, name, chunked(body), cut);
  add(7, `${name}, after a good chunk`, chunked(`3\r\nabc\r\n${body}`), cut);
}

add(8, 'extensions are read past', chunked('2;x=1\r\nhe\r\n3;x="2"\r\nllo\r\n0;y\r\n\r\n'), passed({ body: 'hello' }));
add(8, '100 KB in one extension', chunked(`5;${'e'.repeat(100_000)}\r\nhello\r\n0\r\n\r\n`), cut, { cuts: [60, 9000, 70_000] });

add(9, 'good trailer', chunked('5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n'), passed({ body: 'hello', trailers: { 'x-sum': ['1'] } }));
for (const line of [
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Set-Cookie: a=b',
  'Connection: close',
  'Host: x',
  'Authorization: x',
])
  add(
    9,
    `dropped: ${line}`,
    chunked(`5\r\nhello\r\n0\r\n${line}\r\n\r\n`),
    passed({ body: 'hello', trailers: { [line.split(':')[0]!.toLowerCase()]: [] } }),
  );
for (const line of ['bad name: 1', 'X : 1', 'no colon', 'X: a\0', 'X: a\nY: b', 'X: a\r\n b', '\rx', '\nX: 1'])
  add(9, `malformed: ${line}`, chunked(`5\r\nhello\r\n0\r\n${line}\r\n\r\n`), { kind: 'cut', orPassed: 'hello' });
add(
  9,
  '100 KB',
  chunked(`5\r\nhello\r\n0\r\nX: ${'s'.repeat(100_000)}\r\n\r\n`),
  { kind: 'cut', orPassed: 'hello' },
  { cuts: [60, 9000, 70_000] },
);

const statusLines = [
  'HTTP/2.0 200 OK',
  'HTTP/3 200 OK',
  'http/1.1 200 OK',
  'HTTP/1.1  200 OK',
  'HTTP/1.1 20 OK',
  'HTTP/1.1 2000 OK',
  'HTTP/1.1 abc OK',
];
statusLines.push(
  'HTTP/1.1 000 OK',
  'HTTP/1.1 099 OK',
  'ICY 200 OK',
  ' HTTP/1.1 200 OK',
  'HTTP/1.1\t200 OK',
  'HTTP/1.1 +20 OK',
  'HTTP/1.1 -20 OK',
  'HTTP/1.1 2 0 OK',
);
statusLines.push(
  'HTTP/1.10 200 OK',
  'HTTP/11 200 OK',
  'HTTP/1.1',
  'HTTP/1.1 ',
  '200 OK',
  'GET / HTTP/1.1',
  'SSH-2.0-OpenSSH_9.6',
  '\x15\x03\x01\x00\x02\x02\x28',
  '<html>',
  'HTTP/1.1 0x1 OK',
);
for (const line of statusLines) add(14, line, head(line, 'Content-Length: 5') + 'hello', bad, { then: 'end' });
for (const line of ['HTTP/1.1 200', 'HTTP/1.1 600 Odd', 'HTTP/1.1 999 Odd', 'HTTP/1.2 200 OK'])
  add(
    14,
    `open: ${line}`,
    head(line, 'Content-Length: 5') + 'hello',
    passed({ status: Number(line.slice(9, 12)), body: 'hello', or502: true }),
  );
add(14, 'open: CRLF first', `\r\n${ok('Content-Length: 5')}hello`, passed({ body: 'hello', or502: true }));
add(14, 'good: no reason', head('HTTP/1.1 200 ', 'Content-Length: 5') + 'hello', passed({ body: 'hello' }));
add(14, 'good: HTTP/1.0', head('HTTP/1.0 200 OK', 'Content-Length: 5') + 'hello', passed({ body: 'hello' }));
add(14, 'good: 404', head('HTTP/1.1 404 Not Found', 'Content-Length: 5') + 'hello', passed({ status: 404, body: 'hello' }));
add(14, 'good: 503 of the node', head('HTTP/1.1 503 Busy', 'Content-Length: 5') + 'hello', passed({ status: 503, body: 'hello' }));

add(
  16,
  'named in Connection',
  ok('Connection: X-Foo', 'X-Foo: 1', 'X-Bar: 2', 'Content-Length: 5') + 'hello',
  passed({ body: 'hello', fields: { 'x-foo': [], 'x-bar': ['2'] } }),
);
add(
  16,
  'Keep-Alive and Proxy-Connection',
  ok('Keep-Alive: timeout=5', 'Proxy-Connection: close', 'Content-Length: 5') + 'hello',
  passed({ body: 'hello', fields: { 'keep-alive': [], 'proxy-connection': [] } }),
);
add(16, 'close is between the node and us', ok('Connection: close', 'Content-Length: 5') + 'hello', passed({ body: 'hello' }), {
  then: 'end',
});
add(
  16,
  'Upgrade in a plain answer',
  ok('Upgrade: h2c', 'Connection: Upgrade', 'Content-Length: 5') + 'hello',
  passed({ body: 'hello', fields: { upgrade: [] } }),
);
for (const name of ['Content-Length', 'transfer-encoding'])
  add(16, `names ${name}`, ok(`Connection: ${name}`, 'Content-Length: 5') + 'hello', passed({ body: 'hello', or502: true }));
add(
  16,
  'end-to-end fields',
  ok('Set-Cookie: a=1', 'X: 1', 'Set-Cookie: b=2', 'Content-Length: 0'),
  passed({ fields: { 'set-cookie': ['a=1', 'b=2'], x: ['1'] } }),
);

add(17, 'a head without end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(2_000_000)}`, bad, { cuts: [20, 60_000] });
add(17, '50,000 fields', ok(...Array.from({ length: 50_000 }, (_, i) => `X-${i}: aaaaaaaaaaaaaaaaaaaaaa`)), bad, { cuts: [20, 60_000] });

add(
  20,
  'chunked to HTTP/1.0',
  chunked('5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n'),
  passed({ body: 'helloabc', fields: { 'transfer-encoding': [] }, closes: true }),
  { request: oldGet },
);
add(
  20,
  'chunked to HTTP/1.0 with keep-alive',
  chunked('5\r\nhello\r\n0\r\n\r\n'),
  passed({ body: 'hello', fields: { 'transfer-encoding': [] }, closes: true }),
  { request: oldKeepAlive },
);
add(20, 'trailers to HTTP/1.0', chunked('5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n'), passed({ body: 'hello', closes: true }), {
  request: oldGet,
});
add(20, 'length to HTTP/1.0', ok('Content-Length: 5') + 'hello', passed({ body: 'hello', closes: true }), { request: oldGet });
add(20, 'length to HTTP/1.0 with keep-alive', ok('Content-Length: 5') + 'hello', passed({ body: 'hello' }), { request: oldKeepAlive });
add(20, 'chunked, broken, to HTTP/1.0', chunked('5\r\nhello\r\nx\r\n\r\n'), cut, { request: oldGet });
add(
  20,
  'interim answers are not for HTTP/1.0',
  head('HTTP/1.1 103 Early Hints', 'Link: </a>') + ok('Content-Length: 2') + 'ok',
  passed({ body: 'ok', interim: [] }),
  { request: oldKeepAlive },
);

const hints = head('HTTP/1.1 103 Early Hints', 'Link: </a>');
add(22, 'one', head('HTTP/1.1 103 Early Hints', 'Link: </a>') + ok('Content-Length: 2') + 'ok', passed({ body: 'ok', interim: [103] }));
add(
  22,
  'several',
  head('HTTP/1.1 100 Continue') + hints + head('HTTP/1.1 102 Processing') + ok('Content-Length: 2') + 'ok',
  passed({ body: 'ok', interim: [100, 103, 102] }),
);
add(
  22,
  'one with a length',
  head('HTTP/1.1 103 Early Hints', 'Content-Length: 5') + ok('Content-Length: 2') + 'ok',
  passed({ body: 'ok', or502: true }),
);
add(22, 'an unknown one', head('HTTP/1.1 199 Odd') + ok('Content-Length: 2') + 'ok', passed({ body: 'ok', interim: [199] }));
add(
  22,
  'one with a field for one hop, and no space before its empty reason',
  head('HTTP/1.1 103', 'Connection: x-hop, close', 'X-Hop: secret') + ok('Content-Length: 2') + 'ok',
  passed({ body: 'ok', interim: [103], interimWithout: ['x-hop', 'connection'] }),
);
add(22, 'before chunks', hints + chunked('2\r\nok\r\n0\r\n\r\n'), passed({ body: 'ok', interim: [103] }));
add(22, 'before a bad answer', hints + ok('Content-Length: 2', 'Content-Length: 3') + 'ok', cut);
add(22, '100 of them', hints.repeat(100) + ok('Content-Length: 2') + 'ok', passed({ body: 'ok' }), { cuts: [10, 500, 2000] });
add(22, '101 of them', hints.repeat(101) + ok('Content-Length: 2') + 'ok', cut, { cuts: [10, 500, 2000] });
add(22, 'without end', hints.repeat(5000), cut, { cuts: [10, 500, 2000] });
add(22, '101 nobody asked for', head('HTTP/1.1 101 Switching Protocols', 'Connection: upgrade', 'Upgrade: websocket') + 'zzz', bad);
add(22, '101 bare', head('HTTP/1.1 101 Switching Protocols'), bad);
add(22, 'an interim answer and then the end', hints, cut, { then: 'end' });

add(23, 'HEAD with a length', ok('Content-Length: 5'), passed({ body: '', fields: { 'content-length': ['5'] } }), { request: headRequest });
add(23, 'HEAD, chunked', ok('Transfer-Encoding: chunked'), passed({ body: '' }), { request: headRequest });
add(23, 'HEAD, neither', ok('X: 1'), passed({ body: '', fields: { x: ['1'] } }), { request: headRequest });
add(23, 'HEAD, two lengths', ok('Content-Length: 5', 'Content-Length: 6'), bad, { request: headRequest });
add(23, '204', head('HTTP/1.1 204 No Content'), passed({ status: 204, body: '' }));
add(23, '204 with a length', head('HTTP/1.1 204 No Content', 'Content-Length: 5'), passed({ status: 204, body: '' }));
add(23, '204, chunked', head('HTTP/1.1 204 No Content', 'Transfer-Encoding: chunked'), passed({ status: 204, body: '' }));
add(23, '304', head('HTTP/1.1 304 Not Modified', 'ETag: "a"'), passed({ status: 304, body: '', fields: { etag: ['"a"'] } }));
add(23, '304 with a length', head('HTTP/1.1 304 Not Modified', 'Content-Length: 5'), passed({ status: 304, body: '' }));
add(23, '304, chunked', head('HTTP/1.1 304 Not Modified', 'Transfer-Encoding: chunked'), passed({ status: 304, body: '' }));
add(23, 'HEAD with a body', ok('Content-Length: 5') + 'hello', { kind: 'surplus', status: 200, body: '' }, { request: headRequest });
add(23, '204 with a body', head('HTTP/1.1 204 No Content', 'Content-Length: 5') + 'hello', { kind: 'surplus', status: 204, body: '' });
add(23, '304 with a body', head('HTTP/1.1 304 Not Modified', 'Content-Length: 5') + 'hello', { kind: 'surplus', status: 304, body: '' });
add(23, '205 is as any other', head('HTTP/1.1 205 Reset Content', 'Content-Length: 0'), passed({ status: 205, body: '' }));

add(24, 'neither length nor chunked', ok() + 'hello', passed({ body: 'hello', closes: true }), { then: 'end' });
add(24, 'fields and no body', ok('X: 1'), passed({ body: '', closes: true }), { then: 'end' });
add(24, 'Connection: close', ok('Connection: close') + 'hello', passed({ body: 'hello', closes: true }), { then: 'end' });
add(24, 'HTTP/1.0', head('HTTP/1.0 200 OK') + 'hello', passed({ body: 'hello', closes: true }), { then: 'end' });
add(24, 'to HTTP/1.0', ok() + 'hello', passed({ body: 'hello', closes: true }), { then: 'end', request: oldGet });
add(24, 'to HTTP/1.0 with keep-alive', ok() + 'hello', passed({ body: 'hello', closes: true }), { then: 'end', request: oldKeepAlive });
add(24, 'the body looks like chunks', ok() + '5\r\nhello\r\n0\r\n\r\n', passed({ body: '5\r\nhello\r\n0\r\n\r\n', closes: true }), {
  then: 'end',
});

for (const then of ['end', 'reset'] as const) {
  add(26, `half a status line, ${then}`, 'HTTP/1.1 2', bad, { then });
  add(26, `half a head, ${then}`, 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n', bad, { then });
  add(26, `a head and no body, ${then}`, ok('Content-Length: 5'), cut, { then });
  add(26, `half a body, ${then}`, ok('Content-Length: 10') + 'hello', cut, { then });
  add(26, `chunks, no body, ${then}`, chunked(''), cut, { then });
  add(26, `half a chunk size, ${then}`, chunked('5'), cut, { then });
  add(26, `half a chunk, ${then}`, chunked('5\r\nhel'), cut, { then });
  add(26, `no last chunk, ${then}`, chunked('5\r\nhello\r\n'), cut, { then });
  add(26, `half a last chunk, ${then}`, chunked('5\r\nhello\r\n0\r\n'), cut, { then });
}
add(26, 'a body of unsaid length that is reset', ok() + 'hello', cut, { then: 'reset' });
add(26, 'more than its length', ok('Content-Length: 2') + 'okEXTRA', { kind: 'surplus', status: 200, body: 'ok' });
add(26, 'a second answer', ok('Content-Length: 2') + 'ok' + ok('Content-Length: 5') + 'EXTRA', {
  kind: 'surplus',
  status: 200,
  body: 'ok',
});
add(26, 'bytes behind the last chunk', chunked('2\r\nok\r\n0\r\n\r\nEXTRA'), { kind: 'surplus', status: 200, body: 'ok' });
add(26, 'a CRLF behind', ok('Content-Length: 2') + 'ok\r\n', { kind: 'surplus', status: 200, body: 'ok' });
add(26, 'length 0 and bytes', ok('Content-Length: 0') + 'EXTRA', { kind: 'surplus', status: 200, body: '' });
add(
  26,
  'more than its length, then the end',
  ok('Content-Length: 2') + 'okEXTRA',
  { kind: 'surplus', status: 200, body: 'ok' },
  { then: 'end' },
);

add(33, 'high bytes in a value', ok('X: \x80\xff\xc3\xbc', 'Content-Length: 0'), passed({ fields: { x: ['\x80\xff\xc3\xbc'] } }));
add(33, 'high bytes in the reason', head('HTTP/1.1 200 Gr\xfc\xdfe', 'Content-Length: 0'), passed());

/** Every answer nodes give, in the order of the rows. */
export const answerCases: readonly AnswerCase[] = cases;
