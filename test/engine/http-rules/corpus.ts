/**
 * What clients send and what must become of it, row by row of the HTTP rules (RFC 9110, RFC 9112; the numbers are the rows').
 * Data only: requests.test.ts sends every message whole, cut at every byte, byte by byte and in random pieces.
 *
 * Messages carry the word `zq7` wherever they can, so that an answer that echoes its input is found out.
 */

/** What must happen to one message (or several in one connection). */
export type Expectation =
  /** Answered with one of these, `Connection: close`, closed; the node sees not one byte of it. */
  | { kind: 'refused'; status: readonly number[]; forwardedBefore?: number }
  /** Wrong in the body: 400-like or a cut for the client, never a good answer; the node sees nothing or a cut message. */
  | { kind: 'cut' }
  /** Forwarded without its trailers, or treated as `cut`. */
  | { kind: 'dropped or cut'; body: string }
  /** The node sees `count` canonical messages, the client gets as many answers. */
  | {
      kind: 'forwarded';
      count?: number;
      method?: string;
      target?: string;
      host?: string;
      body?: string;
      /** Fields (lower case) with the values the node must see, in order; [] for none. */
      fields?: Readonly<Record<string, readonly string[]>>;
      /** Trailers (lower case) with the values the node must see; [] for none. */
      trailers?: Readonly<Record<string, readonly string[]>>;
      /** The client's connection is closed after the answer. */
      closes?: boolean;
      /** Answered by the balancer itself (never sent on) is well too, with one of these. */
      orAnswered?: readonly number[];
    }
  /** Either refused as said or forwarded as one canonical message: the rules leave it open. */
  | { kind: 'either'; status: readonly number[] };

export interface RequestCase {
  row: number;
  name: string;
  bytes: Buffer;
  expect: Expectation;
  /** Cut at these places only (long messages); default every byte. */
  cuts?: readonly number[];
  /** Nothing more may come; the answer must come without it. */
  atOnce?: boolean;
}

/** Values of Content-Length that are not one. */
export const badLengths: Readonly<Record<string, string>> = {
  'a list': '5, 5',
  'a list without space': '5,5',
  'a list of two': '5, 6',
  'list, empty first': ',5',
  'list, empty last': '5,',
  plus: '+5',
  minus: '-5',
  'minus 0': '-0',
  hex: '0x5',
  'hex digit': 'a',
  'space inside': '5 5',
  'tab inside': '5\t5',
  empty: '',
  blank: '   ',
  fraction: '5.0',
  exponent: '5e0',
  'above 2^53 - 1': '9007199254740992',
  '2^63': '9223372036854775808',
  '2^64': '18446744073709551616',
  '2^64 + 5': '18446744073709551621',
  '2^32 + 5 in hex': '0x100000005',
  huge: '9'.repeat(40),
  semicolon: '5;',
  quoted: '"5"',
  'vertical tab': '5\x0b',
  'form feed first': '\x0c5',
  'no-break space': '\xa05',
  'Arabic digits': '\xd9\xa5',
  underscore: '1_0',
  comma: ',',
  Infinity: 'Infinity',
  NaN: 'NaN',
  octal: '0o5',
};

/** Values of Transfer-Encoding that a request must not carry. */
export const badCodings: Readonly<Record<string, string>> = {
  gzip: 'gzip',
  'gzip, chunked': 'gzip, chunked',
  'deflate,chunked': 'deflate,chunked',
  'chunked, gzip': 'chunked, gzip',
  'chunked, chunked': 'chunked, chunked',
  'chunked,chunked': 'chunked,chunked',
  identity: 'identity',
  'chunked, identity': 'chunked, identity',
  'identity, chunked': 'identity, chunked',
  xchunked: 'xchunked',
  chunkedx: 'chunkedx',
  chunke: 'chunke',
  'chunked with vertical tab': 'chunked\x0b',
  'vertical tab first': '\x0bchunked',
  'form feed': 'chunked\x0c',
  'NUL behind': 'chunked\0',
  'DEL behind': 'chunked\x7f',
  'no-break space first': '\xa0chunked',
  'high byte behind': 'chunked\xff',
  quoted: '"chunked"',
  'single quotes': "'chunked'",
  parameter: 'chunked;q=1',
  'parameter with space': 'chunked ; foo',
  'space inside': 'chun ked',
  'comma first': ', chunked',
  'comma last': 'chunked,',
  'two words': 'x chunked',
  'chunked twice by space': 'chunked chunked',
  empty: '',
  comma: ',',
  backslash: 'chunk\\ed',
  'Kelvin-like': 'chun\xe2\x84\xaaed',
  underscore: 'chunked_',
  colon: ': chunked',
  bracketed: '[chunked]',
};

/** Field lines whose name is not one. */
export const badFieldLines: Readonly<Record<string, string>> = {
  'space before colon': 'X-A : 1',
  'tab before colon': 'X-A\t: 1',
  'space inside': 'X A: 1',
  'empty name': ': 1',
  'blank name': ' : 1',
  'no colon': 'X-Nothing',
  'another request line': 'GET /smuggled HTTP/1.1',
  at: 'X@Y: 1',
  bracket: 'X(Y): 1',
  'square bracket': 'X[]: 1',
  quote: '"X": 1',
  slash: 'X/Y: 1',
  equals: 'X=Y: 1',
  comma: 'X,Y: 1',
  semicolon: 'X;Y: 1',
  backslash: 'X\\Y: 1',
  braces: '{X}: 1',
  'high byte': 'X\x80: 1',
  'UTF-8': 'X\xc3\xa9: 1',
  NUL: 'X\0Y: 1',
  DEL: 'X\x7f: 1',
  control: 'X\x01: 1',
  'vertical tab before colon': 'X\x0b: 1',
  'only spaces': '   ',
  question: '?: 1',
  less: '<zq7>: 1',
};

/** Chunked bodies that break the rules, up to the break and behind it. */
export const badChunks: Readonly<Record<string, string>> = {
  'empty size': '\r\nhello\r\n0\r\n\r\n',
  plus: '+5\r\nhello\r\n0\r\n\r\n',
  minus: '-5\r\nhello\r\n0\r\n\r\n',
  '0x': '0x5\r\nhello\r\n0\r\n\r\n',
  'space first': ' 5\r\nhello\r\n0\r\n\r\n',
  'tab first': '\t5\r\nhello\r\n0\r\n\r\n',
  'space behind': '5 \r\nhello\r\n0\r\n\r\n',
  'tab behind': '5\t\r\nhello\r\n0\r\n\r\n',
  'space inside': '0 5\r\nhello\r\n0\r\n\r\n',
  'not hex': 'g\r\nhello\r\n0\r\n\r\n',
  'hex and more': '5g\r\nhello\r\n0\r\n\r\n',
  '17 digits': '00000000000000005\r\nhello\r\n0\r\n\r\n',
  '16 times F': 'FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n',
  '2^64': '10000000000000000\r\nhello\r\n0\r\n\r\n',
  '2^64 + 5': '10000000000000005\r\nhello\r\n0\r\n\r\n',
  '2^53': '20000000000000\r\nhello\r\n0\r\n\r\n',
  '2^63': '8000000000000000\r\nhello\r\n0\r\n\r\n',
  '100 zeros': `${'0'.repeat(100)}5\r\nhello\r\n0\r\n\r\n`,
  'LF after the size': '5\nhello\r\n0\r\n\r\n',
  'CR after the size': '5\rhello\r\n0\r\n\r\n',
  'CR CR LF after the size': '5\r\r\nhello\r\n0\r\n\r\n',
  'data too long': '5\r\nhelloX\r\n0\r\n\r\n',
  'data without CRLF': '5\r\nhello0\r\n\r\n',
  'data ends in LF': '5\r\nhello\n0\r\n\r\n',
  'data ends in CR': '5\r\nhello\r0\r\n\r\n',
  'data ends in LF CR': '5\r\nhello\n\r0\r\n\r\n',
  'data ends in CR CR LF': '5\r\nhello\r\r\n0\r\n\r\n',
  'blank line between': '5\r\nhello\r\n\r\n0\r\n\r\n',
  'LF after the extension': '5;ext\nhello\r\n0\r\n\r\n',
  'CR in the extension': '5;e\rxt\r\nhello\r\n0\r\n\r\n',
  'LF in a quoted extension': '5;a="b\nc"\r\nhello\r\n0\r\n\r\n',
  'NUL in the extension': '5;a=\0\r\nhello\r\n0\r\n\r\n',
  'NUL in the size': '5\0\r\nhello\r\n0\r\n\r\n',
  'extension without size': ';ext\r\nhello\r\n0\r\n\r\n',
  comma: '5,\r\nhello\r\n0\r\n\r\n',
  'two sizes': '5 5\r\nhello\r\n0\r\n\r\n',
  colon: '5:\r\nhello\r\n0\r\n\r\n',
  'last chunk 0x0': '0x0\r\n\r\n',
  'last chunk -0': '-0\r\n\r\n',
  'last chunk, LF': '0\n\r\n',
  'last chunk, LF LF': '0\n\n',
  'last chunk, CRLF LF': '0\r\n\n',
  'smuggled in TERM.EXT': `5;\nhello\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: zq7\r\n\r\n`,
  'high byte': '5\xa0\r\nhello\r\n0\r\n\r\n',
  'wide digit': '\xef\xbc\x95\r\nhello\r\n0\r\n\r\n',
  underscore: '1_0\r\nhello\r\n0\r\n\r\n',
  exponent: '5e+0\r\nhello\r\n0\r\n\r\n',
  fraction: '5.0\r\nhello\r\n0\r\n\r\n',
};

const raw = (text: string) => Buffer.from(text, 'latin1');
const refused = (...status: number[]): Expectation => ({ kind: 'refused', status });
const either = (...status: number[]): Expectation => ({ kind: 'either', status });
const cut: Expectation = { kind: 'cut' };
const forwarded = (more: Omit<Extract<Expectation, { kind: 'forwarded' }>, 'kind'> = {}): Expectation => ({ kind: 'forwarded', ...more });

const cases: RequestCase[] = [];

function add(row: number, name: string, bytes: string, expect: Expectation, more: Partial<RequestCase> = {}): void {
  cases.push({ row, name, bytes: raw(bytes), expect, ...more });
}

/** Lines joined and ended as a head. */
const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const get = (...fields: string[]) => head('GET /zq7 HTTP/1.1', 'Host: zq7.test', ...fields);
const post = (...fields: string[]) => head('POST /zq7 HTTP/1.1', 'Host: zq7.test', ...fields);
const chunkedPost = (body: string, ...fields: string[]) => post('Transfer-Encoding: chunked', ...fields) + body;
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: zq7\r\n\r\n';

// Row 1: Content-Length and Transfer-Encoding together.
{
  const r = refused(400);
  const both: [string, string[], string?][] = [
    ['length first (CL.TE)', ['Content-Length: 6', 'Transfer-Encoding: chunked'], '0\r\n\r\nG'],
    ['coding first (TE.CL)', ['Transfer-Encoding: chunked', 'Content-Length: 4'], '5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n'],
    ['length 0', ['Content-Length: 0', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['a right length', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['smuggled request', ['Content-Length: 0', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['odd case', ['cOnTeNt-LeNgTh: 5', 'tRaNsFeR-eNcOdInG: cHuNkEd'], '0\r\n\r\n'],
    ['far apart', ['Content-Length: 5', 'A: 1', 'B: 2', 'C: 3', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['no white space', ['Content-Length:5', 'Transfer-Encoding:chunked'], '0\r\n\r\n'],
    ['tabs', ['Content-Length:\t5\t', 'Transfer-Encoding:\tchunked\t'], '0\r\n\r\n'],
    ['Connection: close', ['Connection: close', 'Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
  ];
  for (const [name, fields, body] of both) add(1, name, post(...fields) + (body ?? ''), r);
  const loose = refused(400, 501);
  add(1, 'identity', post('Content-Length: 5', 'Transfer-Encoding: identity') + 'hello', loose);
  add(1, 'unknown coding', post('Content-Length: 5', 'Transfer-Encoding: xchunked') + 'hello', loose);
  add(1, 'empty coding', post('Content-Length: 5', 'Transfer-Encoding:') + 'hello', loose);
  add(1, 'gzip, chunked', post('Content-Length: 5', 'Transfer-Encoding: gzip, chunked') + '0\r\n\r\n', loose);
  add(1, 'two lengths', post('Content-Length: 5', 'Transfer-Encoding: chunked', 'Content-Length: 5') + '0\r\n\r\n', r);
  add(1, 'bad length', post('Content-Length: x', 'Transfer-Encoding: chunked') + '0\r\n\r\n', r);
  add(
    1,
    'coding named in Connection',
    post('Connection: transfer-encoding', 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
    r,
  );
  add(
    1,
    'length named in Connection',
    post('Connection: content-length', 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
    r,
  );
  add(1, 'GET', get('Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n', r);
  add(1, 'HTTP/1.0', head('POST /zq7 HTTP/1.0', 'Host: zq7', 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n', loose);
}

// Row 2: Content-Length.
{
  for (const [name, length] of Object.entries(badLengths)) add(2, name, post(`Content-Length: ${length}`) + 'hello', refused(400));
  add(2, 'twice, different', post('Content-Length: 5', 'Content-Length: 6') + 'hello!', refused(400));
  add(2, 'twice, the same', post('Content-Length: 5', 'Content-Length: 5') + 'hello', refused(400));
  add(2, 'twice, far apart', post('Content-Length: 0', 'A: 1', 'B: 1', 'content-length: 38') + smuggled, refused(400));
  add(2, 'twice, second empty', post('Content-Length: 5', 'Content-Length:') + 'hello', refused(400));
  add(2, 'twice, first empty', post('Content-Length:', 'Content-Length: 5') + 'hello', refused(400));
  add(2, 'twice, 0 and 00', post('Content-Length: 0', 'Content-Length: 00'), refused(400));
  add(2, 'bad on a GET', get('Content-Length: -1'), refused(400));
  add(2, 'bad in HTTP/1.0', head('POST /zq7 HTTP/1.0', 'Content-Length: 5, 5') + 'hello', refused(400));

  const good: Record<string, string> = {
    plain: '5',
    'leading zeros': '0005',
    '20 digits': '00000000000000000005',
    'space behind': '5 ',
    'white space around': ' \t 5 \t ',
  };
  for (const [name, length] of Object.entries(good))
    add(2, `good: ${name}`, post(`Content-Length:${length}`) + 'hello', forwarded({ body: 'hello' }));
  add(2, 'good: 0', post('Content-Length: 0'), forwarded({ body: '' }));
  add(2, 'good: 00', post('Content-Length: 00'), forwarded({ body: '' }));
  add(2, 'good: GET with a body', get('Content-Length: 5') + 'hello', forwarded({ method: 'GET', body: 'hello' }));
  add(2, 'good: DELETE with a body', head('DELETE /zq7 HTTP/1.1', 'Host: a', 'Content-Length: 5') + 'hello', forwarded({ body: 'hello' }));
  add(2, 'good: no length, no body', post(), forwarded({ body: '' }));
  add(2, 'good: the body looks like a request', post(`Content-Length: ${smuggled.length}`) + smuggled, forwarded({ body: smuggled }));
  add(2, 'good: the body is CRLF', post('Content-Length: 4') + '\r\n\r\n', forwarded({ body: '\r\n\r\n' }));
  add(2, 'good: the body is NUL and high bytes', post('Content-Length: 4') + '\0\xff\x80\n', forwarded({ body: '\0\xff\x80\n' }));
  add(
    2,
    'good: Content-Length-Like field',
    post('Content-Lengthy: 9', 'Content-Length: 2', 'X-Content-Length: 7') + 'ab',
    forwarded({ body: 'ab' }),
  );
}

// Row 3: Transfer-Encoding.
{
  for (const [name, coding] of Object.entries(badCodings))
    add(3, name, post(`Transfer-Encoding: ${coding}`) + '5\r\nhello\r\n0\r\n\r\n', refused(400, 501));
  const two: [string, string][] = [
    ['chunked', 'chunked'],
    ['chunked', 'identity'],
    ['identity', 'chunked'],
    ['gzip', 'chunked'],
    ['chunked', 'gzip'],
    ['chunked', ''],
    ['', 'chunked'],
    ['x', 'chunked'],
    ['chunked', 'cow'],
  ];
  for (const [a, b] of two)
    add(3, `two fields: "${a}", "${b}"`, post(`Transfer-Encoding: ${a}`, `transfer-encoding: ${b}`) + '0\r\n\r\n', refused(400, 501));
  add(3, 'in HTTP/1.0', head('POST /zq7 HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked') + '0\r\n\r\n', refused(400, 501));
  add(
    3,
    'in HTTP/1.0 with keep-alive',
    head('POST /zq7 HTTP/1.0', 'Connection: keep-alive', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
    refused(400, 501),
  );
  add(3, 'space before the colon', post('Transfer-Encoding : chunked') + '0\r\n\r\n', refused(400));
  add(3, 'tab before the colon', post('Transfer-Encoding\t: chunked') + '0\r\n\r\n', refused(400));
  add(3, 'folded', post('Transfer-Encoding:\r\n chunked') + '0\r\n\r\n', refused(400));
  add(3, 'folded second coding', post('Transfer-Encoding: chunked\r\n , identity') + '0\r\n\r\n', refused(400));
  add(3, 'behind a bare LF', post('X: y\nTransfer-Encoding: chunked') + '0\r\n\r\n', refused(400));
  add(3, 'behind a bare CR', post('X: y\rTransfer-Encoding: chunked') + '0\r\n\r\n', refused(400));
  add(3, 'gzip, chunked is not understood', post('Transfer-Encoding: gzip, chunked') + '0\r\n\r\n', refused(501));

  const body = '5\r\nhello\r\n0\r\n\r\n';
  const good = forwarded({ body: 'hello' });
  add(3, 'good: chunked', chunkedPost(body), good);
  add(3, 'good: CHUNKED', post('Transfer-Encoding: CHUNKED') + body, good);
  add(3, 'good: Chunked, odd name', post('tRANSFER-eNCODING: Chunked') + body, good);
  add(3, 'good: no space', post('Transfer-Encoding:chunked') + body, good);
  add(3, 'good: white space around', post('Transfer-Encoding: \t chunked \t ') + body, good);
  add(3, 'good: empty body', chunkedPost('0\r\n\r\n'), forwarded({ body: '' }));
  add(3, 'good: GET', get('Transfer-Encoding: chunked') + body, forwarded({ method: 'GET', body: 'hello' }));
  add(3, 'good: several chunks', chunkedPost('1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n'), forwarded({ body: 'abcdef' }));
  add(3, 'good: chunks like chunks', chunkedPost('5\r\n0\r\n\r\n\r\n0\r\n\r\n'), forwarded({ body: '0\r\n\r\n' }));
  add(
    3,
    'good: hex digits of both cases',
    chunkedPost(`A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n`),
    forwarded({ body: '01234567890123456789' }),
  );
}

// Row 4: field names.
{
  for (const [name, line] of Object.entries(badFieldLines)) {
    add(4, name, get(line), refused(400));
    add(4, `${name}, between others`, get('A: 1', line, 'B: 2'), refused(400));
  }
  add(4, 'space before the colon of Host', head('GET /zq7 HTTP/1.1', 'Host : zq7'), refused(400));
  add(4, 'space before the colon of a second Host', get('Host : zq7'), refused(400));
  add(4, 'space before the colon of Content-Length', post('Content-Length : 5') + 'hello', refused(400));
  add(4, 'good: every token character', get("!#$%&'*+-.^_`|~09azAZ: 1"), forwarded({ fields: { "!#$%&'*+-.^_`|~09azaz": ['1'] } }));
  add(4, 'good: empty value', get('X-Empty:', 'X-Blank:   '), forwarded({ fields: { 'x-empty': [''], 'x-blank': [''] } }));
  add(4, 'good: colons in the value', get('X: a:b::c'), forwarded({ fields: { x: ['a:b::c'] } }));
  add(4, 'good: one letter', get('a:b'), forwarded({ fields: { a: ['b'] } }));
  add(4, 'good: repeated, in order', get('X: 1', 'Y: 0', 'x: 2', 'X: 3'), forwarded({ fields: { x: ['1', '2', '3'], y: ['0'] } }));
  add(
    4,
    'good: names of engine objects',
    get('__proto__: 1', 'constructor: 2', 'toString: 3'),
    forwarded({ fields: { constructor: ['2'], tostring: ['3'] } }),
  );
}

// Row 5: obs-fold.
{
  const r = refused(400);
  add(5, 'space', get('X: a\r\n b'), r);
  add(5, 'tab', get('X: a\r\n\tb'), r);
  add(5, 'several spaces', get('X: a\r\n     b'), r);
  add(5, 'first field line', head('GET /zq7 HTTP/1.1', ' Host: zq7', 'Host: zq7'), r);
  add(5, 'first field line, tab', head('GET /zq7 HTTP/1.1', '\tX: 1', 'Host: zq7'), r);
  add(5, 'Host', head('GET /zq7 HTTP/1.1', 'Host: zq7', ' .evil'), r);
  add(5, 'Host, empty first', head('GET /zq7 HTTP/1.1', 'Host:', ' zq7'), r);
  add(5, 'Content-Length', post('Content-Length:\r\n 5') + 'hello', r);
  add(5, 'Content-Length, more digits', post('Content-Length: 1\r\n 2') + 'hello', r);
  add(5, 'a field hidden in a fold', post('X: y\r\n Content-Length: 5') + 'hello', r);
  add(5, 'last line', get('X: a', ' '), r);
  add(5, 'last line, tab', get('X: a', '\t'), r);
  add(5, 'a blank line that is not empty', get('X: a', '  ', 'Y: b'), r);
  add(5, 'folded request line', head('GET /zq7', ' HTTP/1.1', 'Host: zq7'), r);
}

// Row 6: bare LF, bare CR, NUL and other controls at every place of a head.
{
  const base = 'GET /z HTTP/1.1\r\nHost: a\r\nX: b\r\n\r\n';
  const bytes: Record<string, string> = { LF: '\n', CR: '\r', NUL: '\0', 'vertical tab': '\x0b', BEL: '\x07', DEL: '\x7f' };
  for (const [name, byte] of Object.entries(bytes)) {
    for (let at = 0; at < base.length; at++) {
      // An LF before the last LF leaves the head whole, with an LF behind it.
      if (byte === '\n' && at === base.length - 1) continue;
      // Before the second half of the last CRLFCRLF the insertion ends the head early or late: add another end so that it has one.
      const broken = base.slice(0, at) + byte + base.slice(at);
      const end = at > base.length - 4 ? '\r\n\r\n' : '';
      add(6, `${name} put in at ${at}`, broken + end, refused(400), { cuts: [at, at + 1] });
    }
  }
  for (let at = 0; at < base.length - 4; at++) {
    if (base[at] !== '\r') continue;
    add(6, `LF alone at ${at}`, base.slice(0, at) + base.slice(at + 1), refused(400));
    add(6, `CR alone at ${at}`, base.slice(0, at + 1) + base.slice(at + 2), refused(400));
    add(6, `LF CR at ${at}`, `${base.slice(0, at)}\n\r${base.slice(at + 2)}`, refused(400));
  }
  for (let code = 1; code < 0x20; code++) {
    if (code === 9 || code === 10 || code === 13) continue;
    add(6, `control ${code} in a value`, get(`X: a${String.fromCharCode(code)}b`), refused(400), { cuts: [50, 51] });
  }
  add(6, 'a smuggled field behind a bare LF', get('X: y\nContent-Length: 5'), refused(400));
  add(6, 'a smuggled request behind LF LF', get(`X: y\n\n${smuggled.trimEnd()}`), refused(400));
  add(6, 'a smuggled request behind CR CR', get(`X: y\r\r${smuggled.trimEnd()}`), refused(400));
  add(6, 'good: a tab in a value', get('X: a\tb'), forwarded({ fields: { x: ['a\tb'] } }));
}

// Row 7: chunk sizes and chunk ends; once as the first chunk, once after a good one.
{
  for (const [name, body] of Object.entries(badChunks)) {
    add(7, name, chunkedPost(body), cut);
    add(7, `${name}, after a good chunk`, chunkedPost(`3\r\nabc\r\n${body}`), cut);
  }
  add(7, 'good: 16 digits', chunkedPost('0000000000000005\r\nhello\r\n0\r\n\r\n'), forwarded({ body: 'hello' }));
  add(7, 'good: last chunk of several zeros', chunkedPost('5\r\nhello\r\n000\r\n\r\n'), forwarded({ body: 'hello' }));
  add(7, 'good: data of CRLFs', chunkedPost('4\r\n\r\n\r\n\r\n0\r\n\r\n'), forwarded({ body: '\r\n\r\n' }));
}

// Row 8: chunk extensions.
{
  const good: Record<string, string> = {
    name: '5;a\r\nhello\r\n0\r\n\r\n',
    'name and value': '5;a=b\r\nhello\r\n0\r\n\r\n',
    several: '5;a=b;c;d=e\r\nhello\r\n0\r\n\r\n',
    quoted: '5;a="q;uo\\"te"\r\nhello\r\n0\r\n\r\n',
    'on the last chunk': '5\r\nhello\r\n0;a=b\r\n\r\n',
    'on every chunk': '2;x=1\r\nhe\r\n3;x=2\r\nllo\r\n0;x=3\r\n\r\n',
    '100 bytes': `5;${'e'.repeat(100)}\r\nhello\r\n0\r\n\r\n`,
    'looks like a size': '5;a=7\r\nhello\r\n0\r\n\r\n',
    'looks like a field': '5;Content-Length:9\r\nhello\r\n0\r\n\r\n',
  };
  for (const [name, body] of Object.entries(good)) add(8, `good: ${name}`, chunkedPost(body), forwarded({ body: 'hello' }));
  add(8, '100 KB in one extension', chunkedPost(`5;${'e'.repeat(100_000)}\r\nhello\r\n0\r\n\r\n`), cut, { cuts: [70, 9000, 70_000] });
  add(8, '100 KB and no end', chunkedPost(`5;${'e'.repeat(100_000)}`), cut, { cuts: [70, 9000, 70_000] });
  add(8, '100 KB of zeros and no end', chunkedPost('0'.repeat(100_000)), cut, { cuts: [70, 9000, 70_000] });
}

// Row 9: trailers.
{
  const withTrailer = (...lines: string[]) =>
    chunkedPost(`5\r\nhello\r\n0\r\n${lines.map((l) => `${l}\r\n`).join('')}\r\n`, 'Trailer: X-Sum');
  add(9, 'good', withTrailer('X-Sum: zq7'), forwarded({ body: 'hello', trailers: { 'x-sum': ['zq7'] } }));
  add(9, 'two good', withTrailer('X-Sum: 1', 'X-More: 2'), forwarded({ body: 'hello', trailers: { 'x-sum': ['1'], 'x-more': ['2'] } }));
  const forbidden = ['Content-Length: 5', 'Transfer-Encoding: chunked', 'Host: evil', 'Authorization: Basic eA==', 'Connection: close'];
  forbidden.push(
    'Proxy-Authorization: x',
    'X-Forwarded-For: 9.9.9.9',
    'Cookie: a=b',
    'Trailer: x',
    'TE: trailers',
    'Content-Encoding: gzip',
  );
  forbidden.push(
    'Content-Range: bytes 0-1/2',
    'Expect: 100-continue',
    'Upgrade: x',
    'Keep-Alive: x',
    'Forwarded: for=9.9.9.9',
    'Max-Forwards: 1',
  );
  for (const line of forbidden) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    add(9, `dropped: ${name}`, withTrailer(line), forwarded({ body: 'hello', trailers: { [name]: [] } }));
  }
  add(
    9,
    'dropped beside a good one',
    withTrailer('X-Sum: 1', 'Content-Length: 5'),
    forwarded({ body: 'hello', trailers: { 'content-length': [] } }),
  );
  const malformed = [
    'bad name: 1',
    'no colon',
    'X : 1',
    ': 1',
    'X: a\0b',
    'X: a\nY: b',
    'X: a\r\n b',
    'X: a\rb',
    'X\x80: 1',
    '\rx',
    '\nX: 1',
    '\rX: 1',
  ];
  for (const line of malformed) add(9, `malformed: ${line}`, withTrailer(line), { kind: 'dropped or cut', body: 'hello' });
  add(9, '100 KB', withTrailer(`X-Sum: ${'s'.repeat(100_000)}`), { kind: 'dropped or cut', body: 'hello' }, { cuts: [90, 5000, 50_000] });
  add(
    9,
    '5,000 trailers',
    withTrailer(...Array.from({ length: 5000 }, (_, i) => `X-${i}: 1`)),
    { kind: 'dropped or cut', body: 'hello' },
    { cuts: [90, 5000, 40_000] },
  );
  add(9, 'smuggled', withTrailer('X-Sum: 1') + smuggled, forwarded({ count: 2 }));
}

// Row 10: Host.
{
  const withHost = (...lines: string[]) => head('GET /zq7 HTTP/1.1', ...lines);
  add(10, 'none', withHost(), refused(400));
  add(10, 'none, other fields', withHost('X: 1'), refused(400));
  add(10, 'two', withHost('Host: a', 'Host: b'), refused(400));
  add(10, 'two, the same', withHost('Host: a', 'Host: a'), refused(400));
  add(10, 'two, odd case, far apart', withHost('hOST: a', 'X: 1', 'Y: 2', 'HOST: a'), refused(400));
  add(10, 'two, second empty', withHost('Host: a', 'Host:'), refused(400));
  add(10, 'two in HTTP/1.0', head('GET /zq7 HTTP/1.0', 'Host: a', 'Host: b'), refused(400));
  const bad: Record<string, string> = {
    user: 'zq7@a',
    'user and password': 'u:p@a',
    'only @': '@',
    path: 'a/b',
    'slash behind': 'a/',
    query: 'a?b',
    fragment: 'a#b',
    'space inside': 'a b',
    'tab inside': 'a\tb',
    comma: 'a,b',
    'comma and space': 'a, b',
    'open bracket': '[::1',
    'close bracket': '::1]',
    'IPv6 without brackets': '::1',
    'text after bracket': '[::1]x',
    'not hex': '[::g]',
    'IPv4 in brackets': '[1.2.3.4]',
    'empty brackets': '[]',
    'too many groups': '[1:2:3:4:5:6:7:8:9]',
    zone: '[fe80::1%eth0]',
    'port of letters': 'a:b',
    'port above 65535': 'a:99999',
    'two ports': 'a:80:80',
    'negative port': 'a:-1',
    'plus port': 'a:+80',
    'hex port': 'a:0x50',
    'bracket port': '[::1]:x',
    url: 'http://a',
    backslash: 'a\\b',
    angle: '<a>',
    quote: '"a"',
    'high byte': 'a\x80',
    'UTF-8': 'm\xc3\xbcller',
    caret: 'a^b',
    pipe: 'a|b',
    brace: '{a}',
    'broken percent': 'a%zz',
  };
  for (const [name, host] of Object.entries(bad)) add(10, name, withHost(`Host: ${host}`), refused(400));
  const good = [
    'a',
    'a.b:80',
    '127.0.0.1',
    '127.0.0.1:8080',
    '[::1]',
    '[::1]:8080',
    '[2001:db8::1]',
    'xn--mller-kva.example',
    'A.B',
    'a_b',
    'a-b.c.',
  ];
  for (const host of good) add(10, `good: ${host}`, withHost(`Host: ${host}`), forwarded({ host }));
  add(10, 'good: odd case, no space', withHost('hOsT:a'), forwarded({ host: 'a' }));
  add(10, 'good: white space around', withHost('Host: \t a \t '), forwarded({ host: 'a' }));
  add(10, 'good: last of many fields', withHost('A: 1', 'B: 2', 'Host: a'), forwarded({ host: 'a' }));
  add(10, 'good: none in HTTP/1.0', head('GET /zq7 HTTP/1.0'), forwarded({ closes: true }));
  add(10, 'open: empty', withHost('Host:'), either(400));
  add(10, 'open: empty port', withHost('Host: a:'), either(400));
  add(10, 'bad in HTTP/1.0', head('GET /zq7 HTTP/1.0', 'Host: u@a'), refused(400));
}

// Row 11: absolute form.
{
  const to = (target: string, ...fields: string[]) => head(`GET ${target} HTTP/1.1`, ...(fields.length > 0 ? fields : ['Host: a']));
  add(11, 'its authority replaces Host', to('http://b.test/x?y'), forwarded({ host: 'b.test', target: '/x?y' }));
  add(11, 'port', to('http://b.test:81/x'), forwarded({ host: 'b.test:81', target: '/x' }));
  add(11, 'no path', to('http://b.test'), forwarded({ host: 'b.test', target: '/' }));
  add(11, 'no path, port', to('http://b.test:81'), forwarded({ host: 'b.test:81', target: '/' }));
  add(11, 'no path, query', to('http://b.test?q=1'), forwarded({ host: 'b.test', target: '/?q=1' }));
  add(11, 'IPv6', to('http://[::1]:81/x'), forwarded({ host: '[::1]:81', target: '/x' }));
  add(11, 'odd case of the scheme', to('HTTP://b.test/x'), forwarded({ host: 'b.test', target: '/x' }));
  add(
    11,
    'X-Forwarded-Host says the authority',
    to('http://b.test/x'),
    forwarded({ host: 'b.test', fields: { 'x-forwarded-host': ['b.test'] } }),
  );
  add(11, 'another URL in the query', to('http://b.test/x?u=http://c/'), forwarded({ host: 'b.test', target: '/x?u=http://c/' }));
  add(11, 'at in the path', to('http://b.test/u@c'), forwarded({ host: 'b.test', target: '/u@c' }));
  add(11, 'OPTIONS without a path', head('OPTIONS http://b.test HTTP/1.1', 'Host: a'), forwarded({ host: 'b.test', target: '*' }));
  add(11, 'HTTP/1.0 without Host', head('GET http://b.test/x HTTP/1.0'), forwarded({ host: 'b.test', target: '/x', closes: true }));
  add(11, 'no Host', head('GET http://b.test/x HTTP/1.1'), refused(400));
  add(11, 'no Host, other fields', head('GET http://b.test/x HTTP/1.1', 'X: 1'), refused(400));
  add(11, 'two Hosts', to('http://b.test/x', 'Host: b.test', 'Host: b.test'), refused(400));
  add(11, 'a broken Host beside it', to('http://b.test/x', 'Host: u@b'), refused(400));
  const bad = ['http://', 'http:///x', 'http://u@b/x', 'http://u:p@b/x', 'http://b:x/x', 'http://b:99999/', 'http://[::1/x', 'http://:80/'];
  bad.push('http:/b/x', 'http:b', 'http//b', '://b', 'http://b\\c/', 'http://b c/', 'http://?x', 'http://b,c/', 'http://b%zz/');
  for (const target of bad) add(11, `bad: ${target}`, to(target), refused(400));
  for (const target of ['https://b/x', 'ftp://b/x', 'ws://b/x', 'javascript:zq7', 'file:///etc/passwd', 'mailto:a@b', 'http://b/x#f'])
    add(11, `open: ${target}`, to(target), either(400, 421));
}

// Row 12: CONNECT.
{
  add(12, 'authority form', head('CONNECT zq7.test:443 HTTP/1.1', 'Host: zq7.test:443'), refused(405));
  add(12, 'IPv6', head('CONNECT [::1]:443 HTTP/1.1', 'Host: [::1]:443'), refused(405));
  add(12, 'without Host', head('CONNECT zq7.test:443 HTTP/1.1'), refused(405, 400));
  add(12, 'a body behind it', head('CONNECT zq7.test:443 HTTP/1.1', 'Host: a') + smuggled, refused(405));
  add(12, 'a path', head('CONNECT /zq7 HTTP/1.1', 'Host: a'), refused(405, 400));
  add(12, 'asterisk', head('CONNECT * HTTP/1.1', 'Host: a'), refused(405, 400));
  add(12, 'HTTP/1.0', head('CONNECT zq7.test:443 HTTP/1.0'), refused(405, 400));
  add(12, 'with Content-Length', head('CONNECT zq7.test:443 HTTP/1.1', 'Host: a', 'Content-Length: 5') + 'hello', refused(405, 400));
  add(12, 'lower case is another method', head('connect zq7.test:443 HTTP/1.1', 'Host: a'), refused(400, 405));
  add(12, 'GET with an authority', head('GET zq7.test:443 HTTP/1.1', 'Host: a'), refused(400));
}

// Row 13: request targets.
{
  const to = (target: string, method = 'GET') => head(`${method} ${target} HTTP/1.1`, 'Host: a');
  add(13, 'asterisk, GET', to('*'), refused(400));
  add(13, 'asterisk, POST', to('*', 'POST'), refused(400));
  add(13, 'asterisk, HEAD', to('*', 'HEAD'), refused(400));
  add(13, 'asterisk, options', to('*', 'options'), refused(400));
  for (const target of [
    '*a',
    '**',
    '*/',
    '/zq7 b',
    '/a\tb',
    '/a\x01b',
    '/a\x7fb',
    '/\xc3\xa9',
    '/\x80',
    '/\xff',
    '',
    'zq7',
    'zq7/b',
    '?a',
    '#a',
    '.',
    '..',
    '\\zq7',
    '"/"',
  ])
    add(13, `bad: ${target}`, to(target), refused(400));
  add(13, 'good: OPTIONS *', to('*', 'OPTIONS'), forwarded({ target: '*' }));
  for (const target of [
    '/',
    '//',
    '//a',
    '/a//b',
    '/../x',
    '/./x',
    '/%2e%2e/x',
    '/%zz',
    '/%00',
    '/%',
    '/a?b?c',
    '/?',
    '/a;b',
    "/!$&'()*+,-.:=@_~",
    '/a?http://b',
    '/*',
  ])
    add(13, `good: ${target}`, to(target), forwarded({ target }));
  for (const target of ['/a#b', '/<zq7>', '/"', '/{a}', '/a|b', '/a\\b', '/a^b', '/`', '/[a]'])
    add(13, `open: ${target}`, to(target), either(400));
}

// Row 14: the request line.
{
  const line = (text: string) => head(text, 'Host: zq7');
  const bad = [
    'GET  /zq7 HTTP/1.1',
    'GET /zq7  HTTP/1.1',
    ' GET /zq7 HTTP/1.1',
    '\tGET /zq7 HTTP/1.1',
    'GET /zq7 HTTP/1.1 ',
    'GET /zq7 HTTP/1.1\t',
    'GET\t/zq7 HTTP/1.1',
    'GET /zq7\tHTTP/1.1',
    'GET\t/zq7\tHTTP/1.1',
    'GET /zq7\x0bHTTP/1.1',
    'GET /zq7',
    'GET /zq7 ',
    'GET',
    'GET ',
    'GET HTTP/1.1',
    'GET  HTTP/1.1',
    '/zq7 HTTP/1.1',
    ' /zq7 HTTP/1.1',
    'GET /zq7 HTTP/1.1 HTTP/1.1',
    'GET /zq7 x HTTP/1.1',
    'GET /zq7 http/1.1',
    'GET /zq7 Http/1.1',
    'GET /zq7 HTTP/1.10',
    'GET /zq7 HTTP/1.11',
    'GET /zq7 HTTP/11',
    'GET /zq7 HTTP/1',
    'GET /zq7 HTTP/1.',
    'GET /zq7 HTTP/.1',
    'GET /zq7 HTTP/01.1',
    'GET /zq7 HTTP/1.01',
    'GET /zq7 HTTP/1.1x',
    'GET /zq7 HTTP/1.x',
    'GET /zq7 HTTP/x.1',
    'GET /zq7 HTTP /1.1',
    'GET /zq7 HTTP/ 1.1',
    'GET /zq7 HTTP/1 .1',
    'GET /zq7 HTTP/1,1',
    'GET /zq7 HTTP/-1.1',
    'GET /zq7 HTTP/+1.1',
    'GET /zq7 HTTP1.1',
    'GET /zq7 HTTP\\1.1',
    'GET /zq7 HTTPS/1.1',
    'GET /zq7 XHTTP/1.1',
    'GET /zq7 TTP/1.1',
    'GET /zq7 ICY/1.1',
    'GET /zq7 SIP/2.0',
    'GET /zq7 RTSP/1.0',
    'GET /zq7 HTTP/1.1\0',
    'GET /zq7 HTTP/\xb9.1',
    'Host: zq7',
    'HTTP/1.1 200 OK',
  ];
  for (const text of bad) add(14, text, line(text), refused(400, 505));
  for (const version of ['2.0', '3.0', '9.9', '0.9', '2.1', '0.0'])
    add(14, `HTTP/${version}`, line(`GET /zq7 HTTP/${version}`), refused(505, 400));
  add(14, 'HTTP/2.0 is 505', line('GET /zq7 HTTP/2.0'), refused(505));
  add(14, 'HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', refused(400, 505));
  add(14, 'HTTP/0.9', 'GET /zq7\r\n\r\n', refused(400, 505));
  for (const version of ['1.2', '1.9']) add(14, `open: HTTP/${version}`, line(`GET /zq7 HTTP/${version}`), either(400, 505));
  add(14, 'good', line('GET /zq7 HTTP/1.1'), forwarded());
}

// Row 15: empty lines before a request line.
{
  add(15, 'one', `\r\n${get()}`, forwarded());
  add(15, 'two', `\r\n\r\n${get()}`, forwarded());
  add(15, 'three', `\r\n\r\n\r\n${get()}`, refused(400));
  add(15, 'LF', `\n${get()}`, refused(400));
  add(15, 'CRLF LF', `\r\n\n${get()}`, refused(400));
  add(15, 'CR', `\r${get()}`, refused(400));
  add(15, 'CR CR LF', `\r\r\n${get()}`, refused(400));
  add(15, 'a line of spaces', `  \r\n${get()}`, refused(400));
  add(15, 'between two requests', `${get()}\r\n\r\n${get()}`, forwarded({ count: 2 }));
  add(15, 'after a body', `${post('Content-Length: 2')}ab\r\n${get()}`, forwarded({ count: 2 }));
  add(15, 'three between two requests', `${get()}\r\n\r\n\r\n${get()}`, { kind: 'refused', status: [400], forwardedBefore: 1 });
}

// Row 16: hop-by-hop fields.
{
  const gone = (...names: string[]) => forwarded({ fields: Object.fromEntries(names.map((n) => [n, []])) });
  add(
    16,
    'named in Connection',
    get('Connection: X-Foo', 'X-Foo: zq7', 'X-Bar: 1'),
    forwarded({ fields: { 'x-foo': [], 'x-bar': ['1'] } }),
  );
  add(16, 'named before it stands', get('X-Foo: zq7', 'Connection: x-fOO'), gone('x-foo'));
  add(
    16,
    'named in a list',
    get('Connection: keep-alive, X-Foo,X-Bar ,\tX-Baz', 'X-Foo: 1', 'X-Bar: 2', 'X-Baz: 3'),
    gone('x-foo', 'x-bar', 'x-baz'),
  );
  add(16, 'named in a second Connection', get('Connection: keep-alive', 'X-Foo: 1', 'Connection: X-Foo'), gone('x-foo'));
  add(16, 'named and repeated', get('X-Foo: 1', 'Connection: X-Foo', 'x-foo: 2', 'X-FOO: 3'), gone('x-foo'));
  add(16, 'close and a name', get('Connection: close, X-Foo', 'X-Foo: 1'), forwarded({ fields: { 'x-foo': [] }, closes: true }));
  add(16, 'close', get('Connection: close'), forwarded({ closes: true }));
  add(16, 'CLOSE', get('Connection: CLOSE'), forwarded({ closes: true }));
  add(16, 'close in a second Connection', get('Connection: keep-alive', 'Connection: close'), forwarded({ closes: true }));
  add(16, 'empty list elements', get('Connection: ,, close ,,'), forwarded({ closes: true }));
  add(16, 'empty', get('Connection:'), forwarded());
  add(16, 'Keep-Alive', get('Keep-Alive: timeout=5'), gone('keep-alive'));
  add(16, 'Proxy-Connection', get('Proxy-Connection: keep-alive'), gone('proxy-connection'));
  add(16, 'TE', get('TE: gzip'), gone('te'));
  add(16, 'Upgrade without Connection', get('Upgrade: websocket'), gone('upgrade'));
  add(16, 'Connection: upgrade without Upgrade', get('Connection: upgrade'), forwarded({ fields: { upgrade: [] } }));
  add(16, 'Connection named in Connection', get('Connection: connection, X-Foo', 'X-Foo: 1'), gone('x-foo'));
  add(16, 'Connection: close-ish', get('Connection: closed', 'closed: 1'), gone('closed'));
  for (const name of ['Content-Length', 'content-length', 'Transfer-Encoding', 'TRANSFER-ENCODING', 'Host', 'hOsT']) {
    add(16, `names ${name}`, post(`Connection: ${name}`, 'Content-Length: 5') + 'hello', refused(400));
    add(16, `names ${name} in a list`, get(`Connection: keep-alive, ${name}`), refused(400));
    add(16, `names ${name} in a second Connection`, get('Connection: close', `Connection: X,${name}`), refused(400));
  }
  add(16, 'names Transfer-Encoding, chunked', chunkedPost('0\r\n\r\n', 'Connection: transfer-encoding'), refused(400));
  for (const name of ['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'X-Forwarded-Port'])
    add(16, `names ${name}`, get(`Connection: ${name}`, `${name}: 9.9.9.9`), forwarded());
  for (const name of ['Cookie', 'Authorization', 'Content-Type', 'Via', 'Cache-Control'])
    add(16, `open: names ${name}`, get(`Connection: ${name}`, `${name}: zq7`), either(400));
  for (const text of ['a b', '@', '"close"', 'close;x', 'close\x80', '[x]'])
    add(16, `open: not a token: ${text}`, get(`Connection: ${text}`), either(400));
}

// Row 17: limits. The listeners of these tests allow 4,096 bytes and 30 fields.
{
  const few = [1, 100, 4000, 4096, 4100];
  add(17, 'target over the limit', head(`GET /zq7${'a'.repeat(5000)} HTTP/1.1`, 'Host: a'), refused(414), { cuts: few });
  add(17, 'target over the limit, no end', `GET /zq7${'a'.repeat(5000)}`, refused(414), { cuts: few, atOnce: true });
  add(17, 'query over the limit', head(`GET /?${'a'.repeat(5000)} HTTP/1.1`, 'Host: a'), refused(414), { cuts: few });
  add(17, 'field over the limit', get(`X: ${'zq7'.repeat(2000)}`), refused(431), { cuts: few });
  add(17, 'field over the limit, no end', `GET /zq7 HTTP/1.1\r\nHost: a\r\nX: ${'zq7'.repeat(2000)}`, refused(431), {
    cuts: few,
    atOnce: true,
  });
  add(17, 'field name over the limit, no end', `GET /zq7 HTTP/1.1\r\nHost: a\r\n${'x'.repeat(6000)}`, refused(431), {
    cuts: few,
    atOnce: true,
  });
  add(17, 'many fields, over the bytes', get(...Array.from({ length: 25 }, () => `X: ${'a'.repeat(200)}`)), refused(431), { cuts: few });
  add(17, '31 fields', get(...Array.from({ length: 30 }, (_, i) => `X-${i}: 1`)), refused(431), { cuts: [10, 200, 300] });
  add(17, '400 small fields', get(...Array.from({ length: 400 }, () => 'a:')), refused(431), { cuts: [10, 200, 300] });
  add(17, 'method without end', 'M'.repeat(5000), refused(400, 414, 431, 501), { cuts: few, atOnce: true });
  add(17, 'good: 30 fields', get(...Array.from({ length: 29 }, (_, i) => `X-${i}: 1`)), forwarded(), { cuts: [10, 200, 300] });
  add(17, 'good: just below the bytes', get(`X: ${'a'.repeat(4000)}`), forwarded(), { cuts: few });
  add(17, 'good: a long target', head(`GET /${'a'.repeat(4000)} HTTP/1.1`, 'Host: a'), forwarded(), { cuts: few });
  add(17, 'good: a body over the limit', post('Content-Length: 9000') + 'b'.repeat(9000), forwarded({ body: 'b'.repeat(9000) }), {
    cuts: few,
  });
  add(17, 'good: a chunk over the limit', chunkedPost(`2328\r\n${'b'.repeat(9000)}\r\n0\r\n\r\n`), forwarded({ body: 'b'.repeat(9000) }), {
    cuts: few,
  });
}

// Row 19: pipelined requests.
{
  add(19, 'three GETs', get() + get('X: 1') + get('X: 2'), forwarded({ count: 3 }));
  add(
    19,
    'bodies between',
    post('Content-Length: 3') + 'abc' + get() + chunkedPost('3\r\nxyz\r\n0\r\n\r\n') + get(),
    forwarded({ count: 4 }),
  );
  add(19, 'the last one closes', get() + get('Connection: close'), forwarded({ count: 2, closes: true }));
  add(19, 'nothing after a close', get('Connection: close') + smuggled, forwarded({ count: 1, closes: true }));
  add(19, 'a bad one second', get() + get('Bad Name: 1'), { kind: 'refused', status: [400], forwardedBefore: 1 });
  add(19, 'a bad one after a body', post('Content-Length: 3') + 'abc' + 'GET  / HTTP/1.1\r\n\r\n', {
    kind: 'refused',
    status: [400],
    forwardedBefore: 1,
  });
  add(19, 'garbage second', `${get()}\x16\x03\x01 zq7 garbage\r\n\r\n`, { kind: 'refused', status: [400], forwardedBefore: 1 });
  add(19, 'body longer than its length', post('Content-Length: 3') + 'abcd\r\n\r\n', {
    kind: 'refused',
    status: [400],
    forwardedBefore: 1,
  });
}

// Row 20: HTTP/1.0 clients.
{
  add(20, 'closes', head('GET /zq7 HTTP/1.0', 'Host: a'), forwarded({ closes: true }));
  add(20, 'keep-alive', head('GET /zq7 HTTP/1.0', 'Host: a', 'Connection: keep-alive'), forwarded());
  add(20, 'Keep-Alive twice', head('GET /zq7 HTTP/1.0', 'Host: a', 'Connection: Keep-Alive').repeat(2), forwarded({ count: 2 }));
  add(20, 'body', head('POST /zq7 HTTP/1.0', 'Content-Length: 5') + 'hello', forwarded({ body: 'hello', closes: true }));
  add(
    20,
    'Proxy-Connection means nothing',
    head('GET /zq7 HTTP/1.0', 'Host: a', 'Proxy-Connection: keep-alive'),
    forwarded({ closes: true }),
  );
}

// Row 21: expectations other than 100-continue (connection.test.ts has 100-continue itself).
{
  for (const text of ['200-ok', '100-continued', 'x100-continue', '100-continue, x', '100-continue=1', '"100-continue"', '100 continue'])
    add(21, text, post(`Expect: ${text}`, 'Content-Length: 5') + 'hello', refused(417));
  add(21, 'two, one unknown', post('Expect: 100-continue', 'Expect: zq7', 'Content-Length: 5') + 'hello', refused(417, 400));
  add(21, 'two, the first unknown', post('Expect: zq7', 'Expect: 100-continue', 'Content-Length: 5') + 'hello', refused(417, 400));
  add(21, 'good: the body comes at once', post('Expect: 100-continue', 'Content-Length: 5') + 'hello', forwarded({ body: 'hello' }));
  add(21, 'good: 100-Continue', post('Expect: 100-Continue', 'Content-Length: 5') + 'hello', forwarded({ body: 'hello' }));
  add(21, 'good: chunked', chunkedPost('5\r\nhello\r\n0\r\n\r\n', 'Expect: 100-continue'), forwarded({ body: 'hello' }));
}

// Row 29: upgrades that must not go on as one (tunnel.test.ts has those that do).
{
  const none = { kind: 'forwarded', fields: { upgrade: [] } } as const;
  add(
    29,
    'h2c',
    get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'),
    forwarded({ fields: { upgrade: [], 'http2-settings': [] } }),
  );
  add(29, 'H2C', get('Connection: upgrade', 'Upgrade: H2C'), none);
  add(29, 'Upgrade alone', get('Upgrade: websocket'), none);
  add(29, 'Connection: keep-alive', get('Connection: keep-alive', 'Upgrade: websocket'), none);
  add(29, 'in HTTP/1.0', head('GET /zq7 HTTP/1.0', 'Host: a', 'Connection: upgrade', 'Upgrade: websocket'), { ...none, closes: true });
  const withBody = { kind: 'forwarded', fields: { upgrade: [] }, orAnswered: [400, 413, 501] } as const;
  add(29, 'with a length', post('Connection: upgrade', 'Upgrade: websocket', 'Content-Length: 5') + 'hello', withBody);
  add(29, 'with chunks', chunkedPost('5\r\nhello\r\n0\r\n\r\n', 'Connection: upgrade', 'Upgrade: websocket'), withBody);
}

// Row 30: X-Forwarded-* and Forwarded.
{
  const seen = (fields: Record<string, readonly string[]>) => forwarded({ fields });
  add(30, 'added', get(), seen({ 'x-forwarded-for': ['127.0.0.1'], 'x-forwarded-proto': ['http'], 'x-forwarded-host': ['zq7.test'] }));
  add(30, 'appended', get('X-Forwarded-For: 9.9.9.9'), seen({ 'x-forwarded-for': ['9.9.9.9, 127.0.0.1'] }));
  add(30, 'appended to a list', get('X-Forwarded-For: 9.9.9.9, 8.8.8.8'), seen({ 'x-forwarded-for': ['9.9.9.9, 8.8.8.8, 127.0.0.1'] }));
  add(30, 'Proto overwritten', get('X-Forwarded-Proto: https'), seen({ 'x-forwarded-proto': ['http'] }));
  add(30, 'Host overwritten', get('X-Forwarded-Host: evil'), seen({ 'x-forwarded-host': ['zq7.test'] }));
  add(
    30,
    'Proto overwritten, twice, odd case',
    get('x-forwarded-PROTO: https', 'X-FORWARDED-proto: wss'),
    seen({ 'x-forwarded-proto': ['http'] }),
  );
  add(30, 'Forwarded removed', get('Forwarded: for=9.9.9.9;proto=https'), seen({ forwarded: [] }));
  add(30, 'Forwarded removed, twice', get('forwarded: for=1.1.1.1', 'FORWARDED: for=2.2.2.2'), seen({ forwarded: [] }));
  add(30, 'Port overwritten', get('X-Forwarded-Port: 443'), forwarded());
}

// Row 33: bytes of 0x80 and above.
{
  add(
    33,
    'every high byte',
    get(`X: ${Array.from({ length: 128 }, (_, i) => String.fromCharCode(128 + i)).join('')}.`),
    forwarded({ fields: { x: [`${Array.from({ length: 128 }, (_, i) => String.fromCharCode(128 + i)).join('')}.`] } }),
    { cuts: [50, 51, 100, 150] },
  );
  add(33, 'UTF-8', get('X: gr\xc3\xbc\xc3\x9fe'), forwarded({ fields: { x: ['gr\xc3\xbc\xc3\x9fe'] } }));
  add(33, 'broken UTF-8', get('X: \xff\xfe\xc3'), forwarded({ fields: { x: ['\xff\xfe\xc3'] } }));
  add(33, 'in a cookie', get('Cookie: a=\xe4; b=\xf6'), forwarded({ fields: { cookie: ['a=\xe4; b=\xf6'] } }));
}

// Row 34: methods.
{
  const m = (method: string) => head(`${method} /zq7 HTTP/1.1`, 'Host: a');
  for (const method of [
    'GET',
    'PUT',
    'DELETE',
    'PATCH',
    'OPTIONS',
    'PROPFIND',
    'M-SEARCH',
    'get',
    'x',
    "A!#$%&'*+-.^_`|~9",
    'M'.repeat(32),
  ])
    add(34, `good: ${method}`, m(method), forwarded({ method }));
  for (const method of ['PROXY', 'PRI']) add(34, `open: ${method}`, m(method), either(400, 405, 505));
  add(34, '33 characters', m('M'.repeat(33)), refused(400, 501));
  for (const method of ['G@T', 'G(T', 'G/T', '"GET"', 'G:T', 'GET,', '[GET]', 'G\x80T', 'G\0T', 'G=T', 'G;T', '{', ''])
    add(34, `bad: ${method}`, m(method), refused(400));
  add(34, 'TRACE', m('TRACE'), refused(405));
  add(34, 'TRACE with a body', head('TRACE /zq7 HTTP/1.1', 'Host: a', 'Content-Length: 5') + 'hello', refused(405, 400));
}

// Row 35: other protocols; refused without waiting for a line end.
{
  const hello = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03zq7zq7zq7';
  add(35, 'TLS client hello', hello, refused(400), { atOnce: true });
  add(35, 'TLS, the record header alone', hello.slice(0, 6), refused(400), { atOnce: true });
  add(35, 'TLS 1.3', '\x16\x03\x03\x02\x00\x01\x00\x01\xfc', refused(400), { atOnce: true });
  add(35, 'SSL 2 client hello', '\x80\x2e\x01\x03\x01\x00\x15\x00\x00', refused(400), { atOnce: true });
  add(35, 'PROXY v1', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n' + get(), refused(400));
  add(35, 'PROXY v1, no line end', 'PROXY TCP4 1.2.3.4 5.6.7.8 1', refused(400), { atOnce: true, cuts: [7, 12, 20] });
  add(35, 'PROXY v1, TCP6, no line end', 'PROXY TCP6 ::1 ::1 1', refused(400), { atOnce: true, cuts: [7, 12] });
  add(35, 'PROXY UNKNOWN', 'PROXY UNKNOWN\r\n' + get(), refused(400));
  add(35, 'PROXY v2', '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\x01\x02\x03\x04\x05\x06\x07\x08\0\x01\0\x02' + get(), refused(400));
  add(35, 'PROXY v2, the signature alone', '\r\n\r\n\0\r\nQUIT\n', refused(400), { atOnce: true });
  add(35, 'SSH', 'SSH-2.0-OpenSSH_9.6 zq7\r\n\r\n\r\n', refused(400));
  add(35, 'NUL bytes', '\0\0\0\0\0\0\0\0', refused(400), { atOnce: true });
  add(35, 'high bytes', '\xff\xfe\xfd\xfc', refused(400), { atOnce: true });
  add(35, 'SMTP', 'EHLO zq7.test\r\n\r\n', refused(400, 505));
}

/** Every message clients send, in the order of the rows. */
export const requestCases: readonly RequestCase[] = cases;
