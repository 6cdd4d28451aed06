import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeProxyHeader,
  plainAddress,
  ProxyHeaderParser,
  type ProxyHeaderResult,
} from '../../../../electron/engine/sessions/proxy-protocol.ts';

const port = fc.integer({ min: 0, max: 65_535 });
const end4 = fc.record({ address: fc.ipV4(), port });
const end6 = fc.record({ address: fc.ipV6(), port });
const rest = Buffer.from('GET / HTTP/1.1\r\n');

/** Reads `bytes` cut into pieces of `size`. */
function read(bytes: Buffer, size = bytes.length): ProxyHeaderResult {
  const parser = new ProxyHeaderParser();
  let result: ProxyHeaderResult = { done: false };
  for (let at = 0; at < bytes.length && !result.done; at += size) {
    result = parser.push(bytes.subarray(at, at + size));
    if (result.done && result.ok) result = { ...result, rest: Buffer.concat([result.rest, bytes.subarray(at + size)]) };
  }
  return result;
}

const v2 = (command: number, family: number, payload: Buffer, length = payload.length) =>
  Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'), Buffer.from([command, family, length >> 8, length & 0xff]), payload]);

describe('encodeProxyHeader', () => {
  it('writes what the specification shows', () => {
    const source = { address: '192.168.0.1', port: 56_324 };
    const destination = { address: '192.168.0.11', port: 443 };
    expect(encodeProxyHeader('v1', source, destination).toString('latin1')).toBe('PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n');
    expect(encodeProxyHeader('v2', source, destination).toString('hex')).toBe('0d0a0d0a000d0a515549540a2111000cc0a80001c0a8000bdc0401bb');
    expect(encodeProxyHeader('v1', { address: '2001:db8::1', port: 1 }, { address: '::1', port: 2 }).toString('latin1')).toBe(
      'PROXY TCP6 2001:db8::1 ::1 1 2\r\n',
    );
  });

  it('writes IPv4 for IPv4-mapped IPv6', () => {
    const mapped = encodeProxyHeader('v2', { address: '::ffff:10.0.0.1', port: 1 }, { address: '::ffff:a00:2', port: 2 });
    expect(mapped).toEqual(encodeProxyHeader('v2', { address: '10.0.0.1', port: 1 }, { address: '10.0.0.2', port: 2 }));
  });

  it('says UNKNOWN (v1) or maps (v2) where the families differ, and names nobody where an address is none', () => {
    const four = { address: '10.0.0.1', port: 1 };
    const six = { address: '2001:db8::1', port: 2 };
    const none = { address: '', port: 0 };
    expect(encodeProxyHeader('v1', four, six).toString('latin1')).toBe('PROXY UNKNOWN\r\n');
    expect(encodeProxyHeader('v2', four, six).subarray(12, 32).toString('hex')).toBe('2121002400000000000000000000ffff0a000001');
    expect(encodeProxyHeader('v1', none, four).toString('latin1')).toBe('PROXY UNKNOWN\r\n');
    expect(read(encodeProxyHeader('v2', none, four))).toEqual({ done: true, ok: true, rest: Buffer.alloc(0) });
  });
});

describe('ProxyHeaderParser', () => {
  it('reads back what was written, cut anywhere, and gives the rest back untouched', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('v1' as const, 'v2' as const),
        fc.oneof(fc.tuple(end4, end4), fc.tuple(end6, end6)),
        fc.integer({ min: 1, max: 130 }),
        (version, [source, destination], size) => {
          const result = read(Buffer.concat([encodeProxyHeader(version, source, destination), rest]), size);
          expect(result).toMatchObject({ done: true, ok: true, rest });
          if (!result.done || !result.ok) return;
          // Version 1 refuses to mix families, which a mapped address among IPv6 ones does.
          if (result.source === undefined) expect(version).toBe('v1');
          else {
            expect(encodeProxyHeader('v2', result.source, destination)).toEqual(encodeProxyHeader('v2', source, destination));
            expect(result.source.port).toBe(source.port);
          }
        },
      ),
    );
  });

  it('waits for the whole header, at every byte', () => {
    for (const version of ['v1', 'v2'] as const) {
      const header = encodeProxyHeader(version, { address: '10.0.0.1', port: 1 }, { address: '10.0.0.2', port: 2 });
      for (let n = 0; n < header.length; n++) expect(new ProxyHeaderParser().push(header.subarray(0, n))).toEqual({ done: false });
    }
  });

  it.each([
    ['UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n')],
    ['UNKNOWN with anything after it', Buffer.from('PROXY UNKNOWN ffff::1 x 1 y\r\n')],
    ['LOCAL', v2(0x20, 0x00, Buffer.alloc(0))],
    ['LOCAL with addresses', v2(0x20, 0x11, Buffer.alloc(12))],
    ['an unspecified family', v2(0x21, 0x00, Buffer.alloc(5))],
    ['a UNIX socket', v2(0x21, 0x31, Buffer.alloc(216))],
  ])('takes the peer itself for the client: %s', (_, bytes) => {
    expect(read(Buffer.concat([bytes, rest]))).toEqual({ done: true, ok: true, rest });
  });

  it('skips type-length-values', () => {
    const payload = Buffer.concat([Buffer.from([10, 0, 0, 1, 10, 0, 0, 2, 0, 80, 0, 81]), Buffer.alloc(4_084, 7)]);
    expect(read(Buffer.concat([v2(0x21, 0x11, payload), rest]), 1_000)).toEqual({
      done: true,
      ok: true,
      source: { address: '10.0.0.1', port: 80 },
      destination: { address: '10.0.0.2', port: 81 },
      rest,
    });
  });

  it.each([
    ['GET / HTTP/1.1\r\n', 'does not start with a PROXY header'],
    ['proxy TCP4 10.0.0.1 10.0.0.2 1 2\r\n', 'does not start with a PROXY header'],
    ['PROXY TCP4 10.0.0.1 10.0.0.2 1 2\n', 'does not end in CRLF'],
    ['PROXY TCP4 10.0.0.1\r 10.0.0.2 1 2\r\n', 'does not end in CRLF'],
    ['PROXY TCP4  10.0.0.1 10.0.0.2 1 2\r\n', 'six fields'],
    ['PROXY TCP4 10.0.0.1 10.0.0.2 1 2 \r\n', 'six fields'],
    ['PROXY TCP4 10.0.0.1 10.0.0.2 1\r\n', 'six fields'],
    ['PROXY TCP4 ::1 10.0.0.2 1 2\r\n', 'an address that is not TCP4'],
    ['PROXY TCP4 010.0.0.1 10.0.0.2 1 2\r\n', 'an address that is not TCP4'],
    ['PROXY TCP6 10.0.0.1 ::1 1 2\r\n', 'an address that is not TCP6'],
    ['PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n', 'an address that is not TCP6'],
    ['PROXY TCP4 10.0.0.1 10.0.0.2 01 2\r\n', 'a bad port'],
    ['PROXY TCP4 10.0.0.1 10.0.0.2 1 65536\r\n', 'a bad port'],
    ['PROXY TCP4 10.0.0.1 10.0.0.2 -1 2\r\n', 'a bad port'],
    ['PROXY UDP4 10.0.0.1 10.0.0.2 1 2\r\n', 'other than TCP4, TCP6 and UNKNOWN'],
    ['PROXY \r\n', 'other than TCP4, TCP6 and UNKNOWN'],
    [`PROXY UNKNOWN ${'x'.repeat(100)}\r\n`, 'longer than 107 bytes'],
  ])('refuses %j, however it is cut', (text, reason) => {
    for (const size of [1, 2, 7, text.length]) {
      const result = read(Buffer.from(text, 'latin1'), size);
      expect(result).toMatchObject({ done: true, ok: false });
      expect(JSON.stringify(result)).toContain(reason);
    }
  });

  it.each([
    ['another version', v2(0x11, 0x11, Buffer.alloc(12)), 'version 1'],
    ['an unknown command', v2(0x22, 0x11, Buffer.alloc(12)), 'command 2'],
    ['an unknown family', v2(0x21, 0x41, Buffer.alloc(12)), 'family or protocol'],
    ['an unknown protocol', v2(0x21, 0x13, Buffer.alloc(12)), 'family or protocol'],
    ['too little room for IPv4', v2(0x21, 0x11, Buffer.alloc(11)), 'too short'],
    ['too little room for IPv6', v2(0x21, 0x21, Buffer.alloc(35)), 'too short'],
    ['more than 4,096 bytes, before they arrive', v2(0x21, 0x11, Buffer.alloc(0), 4_097), 'longer than 4,096'],
  ])('refuses %s', (_, bytes, reason) => {
    const result = read(bytes);
    expect(result).toMatchObject({ done: true, ok: false });
    expect(JSON.stringify(result)).toContain(reason);
  });

  it('says no at the first byte that cannot belong to a header', () => {
    expect(new ProxyHeaderParser().push(Buffer.from('G'))).toMatchObject({ done: true, ok: false });
    expect(new ProxyHeaderParser().push(Buffer.from('\r\n\r\nG'))).toMatchObject({ done: true, ok: false });
  });

  it('never throws and never holds more than a header, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          Buffer.alloc(0),
          Buffer.from('PROXY '),
          Buffer.from('PROXY TCP4 '),
          v2(0x21, 0x11, Buffer.alloc(0)).subarray(0, 12),
        ),
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 }), { maxLength: 12 }),
        (start, chunks) => {
          const parser = new ProxyHeaderParser();
          let result = parser.push(start);
          let held = start.length;
          for (const chunk of chunks) {
            if (result.done) break;
            held += chunk.length;
            result = parser.push(Buffer.from(chunk));
          }
          if (!result.done) expect(held).toBeLessThan(16 + 4_096);
        },
      ),
    );
  });
});

describe('plainAddress', () => {
  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:0a00:1', '10.0.0.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['10.0.0.1', '10.0.0.1'],
    ['::1', '::1'],
    ['', ''],
    ['unix:/run/x', 'unix:/run/x'],
  ])('%j is %j', (address, wanted) => {
    expect(plainAddress(address)).toBe(wanted);
  });
});
