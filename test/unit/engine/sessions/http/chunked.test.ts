import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedBody } from '../../../../../electron/engine/sessions/http/chunked.ts';
import { readAnswer } from '../../../../support/strict-http.ts';

interface Outcome {
  out: Buffer;
  done: boolean;
  broken: boolean;
  /** Bytes behind the body. */
  rest: number;
}

/** Feeds `bytes` in the pieces that `cuts` make. */
function feed(bytes: Buffer, cuts: readonly number[], strip = false, keepTrailers = true): Outcome {
  const body = new ChunkedBody();
  body.begin(strip, keepTrailers);
  const parts: Buffer[] = [];
  const sink = {
    write: (data: Buffer | string) => {
      // What is written is only lent.
      parts.push(typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data));
    },
  };
  const edges = [...new Set([0, ...cuts.map((c) => c % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  for (let i = 1; i < edges.length; i++) {
    // A copy at an offset, so that no index works by accident of starting at 0.
    const piece = Buffer.concat([Buffer.from('xyz'), bytes.subarray(edges[i - 1], edges[i])]);
    const end = body.push(piece, 3, piece.length, sink);
    if (end < 0) return { out: Buffer.concat(parts), done: false, broken: true, rest: 0 };
    if (body.done) return { out: Buffer.concat(parts), done: true, broken: false, rest: piece.length - end + bytes.length - edges[i]! };
  }
  return { out: Buffer.concat(parts), done: false, broken: body.broken, rest: 0 };
}

const extension = fc.constantFrom('', ';a', ';a=b', ';a="b c"', ';\ta ; b=c');
const spelling = fc.record({ upper: fc.boolean(), zeros: fc.nat(3) });
const chunk = fc.record({ data: fc.uint8Array({ minLength: 1, maxLength: 60 }), extension, spelling });
const trailer = fc.constantFrom('X-Sum: 1\r\n', 'Etag-Late: "x"\r\n', 'Empty:\r\n');
const message = fc.record({ chunks: fc.array(chunk, { maxLength: 8 }), trailers: fc.array(trailer, { maxLength: 2 }), last: extension });

type Message = typeof message extends fc.Arbitrary<infer M> ? M : never;

function spell(size: number, { upper, zeros }: { upper: boolean; zeros: number }): string {
  const digits = '0'.repeat(zeros) + size.toString(16);
  return upper ? digits.toUpperCase() : digits;
}

function encode({ chunks, trailers, last }: Message): { wire: Buffer; body: Buffer } {
  const parts: Buffer[] = [];
  for (const c of chunks)
    parts.push(Buffer.from(`${spell(c.data.length, c.spelling)}${c.extension}\r\n`), Buffer.from(c.data), Buffer.from('\r\n'));
  parts.push(Buffer.from(`0${last}\r\n${trailers.join('')}\r\n`));
  return { wire: Buffer.concat(parts), body: Buffer.concat(chunks.map((c) => Buffer.from(c.data))) };
}

const cutsArbitrary = fc.array(fc.nat(2000), { maxLength: 12 });
const read = (out: Buffer) =>
  readAnswer(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), out]), 'GET', false);

describe('a chunked body', () => {
  it('passed on: any chunking in any split reads as the same body, without extensions', () => {
    fc.assert(
      fc.property(message, cutsArbitrary, fc.nat(20), (m, cuts, behind) => {
        const { wire, body } = encode(m);
        const outcome = feed(Buffer.concat([wire, Buffer.alloc(behind, 'G')]), cuts);
        expect(outcome).toMatchObject({ done: true, broken: false, rest: behind });
        const answer = read(outcome.out)!;
        expect(answer.body.equals(body)).toBe(true);
        expect(answer.extensions).toBe(false);
        expect(answer.trailers.length).toBe(m.trailers.length);
        expect(answer.length - Buffer.byteLength('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')).toBe(outcome.out.length);
      }),
      { numRuns: 300 },
    );
  });

  it('stripped: only the bytes are left', () => {
    fc.assert(
      fc.property(message, cutsArbitrary, (m, cuts) => {
        const { wire, body } = encode(m);
        const outcome = feed(wire, cuts, true);
        expect(outcome.done).toBe(true);
        expect(outcome.out.equals(body)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('cut at every byte, and one byte at a time', () => {
    const wire = Buffer.from('5;x=y\r\nhello\r\n00A\r\n0123456789\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n');
    const splits = [...Array.from(wire, (_, i) => [i]), Array.from(wire, (_, i) => i)];
    for (const cuts of splits) {
      const outcome = feed(wire, cuts);
      expect([cuts, outcome.done]).toEqual([cuts, true]);
      expect(read(outcome.out)!.body.toString()).toBe('hello0123456789!');
      expect(feed(wire, cuts, true).out.toString()).toBe('hello0123456789!');
    }
  });

  it('never passes the last chunk on before the whole body is in order', () => {
    fc.assert(
      fc.property(message, fc.nat(1000), fc.integer({ min: 0, max: 255 }), cutsArbitrary, (m, at, byte, cuts) => {
        const { wire } = encode(m);
        const changed = Buffer.from(wire);
        changed[at % wire.length] = byte;
        for (const cut of [cuts, Array.from(changed, (_, i) => i)]) {
          const outcome = feed(changed, cut);
          // Whatever went out is a message by itself exactly when the body was found whole.
          let whole: boolean;
          try {
            whole = read(outcome.out) !== undefined;
          } catch {
            whole = false;
          }
          expect(whole).toBe(outcome.done);
        }
        expect(feed(changed, []).done).toBe(
          feed(
            changed,
            Array.from(changed, (_, i) => i),
          ).done,
        );
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['no size', '\r\n'],
    ['a sign', '+5\r\nhello\r\n0\r\n\r\n'],
    ['0x', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a space before the size', ' 5\r\nhello\r\n0\r\n\r\n'],
    ['a space behind the size', '5 \r\nhello\r\n0\r\n\r\n'],
    ['17 digits', '00000000000000005\r\nhello\r\n0\r\n\r\n'],
    ['more than 2^53', 'ffffffffffffffff\r\n'],
    ['a bare LF behind the size', '5\nhello\r\n0\r\n\r\n'],
    ['a bare CR behind the size', '5\r5hello\r\n0\r\n\r\n'],
    ['a bare LF in an extension', '5;a\nb\r\nhello\r\n0\r\n\r\n'],
    ['a control in an extension', '5;a\x01\r\nhello\r\n0\r\n\r\n'],
    ['endless extensions', `5;${'a'.repeat(1100)}\r\nhello\r\n0\r\n\r\n`],
    ['too many extensions', `${`1;${'a'.repeat(1000)}\r\nx\r\n`.repeat(20)}0\r\n\r\n`],
    ['data too long', '5\r\nhelloo\r\n0\r\n\r\n'],
    ['data not followed by CRLF', '5\r\nhello\n0\r\n\r\n'],
    ['a trailer without a name', '0\r\n: x\r\n\r\n'],
    ['a trailer that is no field', '0\r\nnonsense\r\n\r\n'],
    ['a folded trailer', '0\r\nA: b\r\n c\r\n\r\n'],
    ['a bare LF in the trailers', '0\r\nA: b\n\r\n'],
    ['a control in a trailer', '0\r\nA: b\x00\r\n\r\n'],
    ['endless trailers', `0\r\n${'A: b\r\n'.repeat(2000)}\r\n`],
  ])('is broken by %s, in any split', (_, text) => {
    const wire = Buffer.from(text, 'latin1');
    for (const cuts of [[], ...Array.from({ length: Math.min(wire.length, 60) }, (__, i) => [i]), Array.from(wire, (__, i) => i)]) {
      const outcome = feed(wire, cuts);
      expect([cuts.length, outcome.broken, outcome.done]).toEqual([cuts.length, true, false]);
    }
  });

  it('16 digits are fine', () => {
    expect(feed(Buffer.from('0000000000000005\r\nhello\r\n0\r\n\r\n'), []).done).toBe(true);
  });

  it('trailers that frame, route or authenticate are dropped, others kept or dropped as asked', () => {
    const wire = Buffer.from(
      '0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\nHost: evil\r\nAuthorization: b\r\nX-Forwarded-For: 1.2.3.4\r\nSet-Cookie: a=b\r\nIf-Match: x\r\nX-Sum: 7\r\n\r\n',
    );
    expect(feed(wire, []).out.toString()).toBe('0\r\nX-Sum: 7\r\n\r\n');
    expect(feed(wire, [], false, false).out.toString()).toBe('0\r\n\r\n');
  });

  it('one object serves one body after the other', () => {
    const body = new ChunkedBody();
    for (const [text, done] of [
      ['5\r\nhel', false],
      ['zz', false],
      ['1\r\na\r\n0\r\n\r\n', true],
    ] as const) {
      body.begin(false, true);
      body.push(Buffer.from(text), 0, text.length, { write: () => undefined });
      expect(body.done).toBe(done);
    }
  });
});
