import { describe, expect, it } from 'vitest';
import { RequestHead } from '../../../../../electron/engine/sessions/http/request-head.ts';
import { ResponseHead } from '../../../../../electron/engine/sessions/http/response-head.ts';

function request(text: string, trustForwarded = false, maxHeaders = 100): RequestHead {
  const head = new RequestHead();
  // Amid other bytes, as in a read that carries more than one message.
  const buffer = Buffer.from(`before${text}after`, 'latin1');
  head.parse(buffer, 6, buffer.length - 5 - 4, { maxHeaders }, trustForwarded);
  return head;
}

const lines = (...parts: string[]) => [...parts, '', ''].join('\r\n');

describe('a request head', () => {
  it('goes on as it came when nothing has to change', () => {
    const text = lines('GET /a?b=c HTTP/1.1', 'Host: a.example:80', 'Accept:*/*', 'X-Bytes: \xe4\xff', 'A:  b');
    const head = request(text);
    expect(head).toMatchObject({
      refuse: 0,
      method: 'GET',
      target: '/a?b=c',
      minor: 1,
      host: 'a.example:80',
      persistent: true,
      hasBody: false,
    });
    expect(head.forward).toBe(text.slice(0, -2));
  });

  it('loses what is for this hop only', () => {
    const head = request(
      lines(
        'POST / HTTP/1.1',
        'Connection: keep-alive, X-Hop',
        'Host: a',
        'X-Hop: 1',
        'Keep-Alive: x',
        'TE: trailers',
        'Proxy-Connection: x',
        'Content-Length: 3',
        'X-End: 2',
        'X-Forwarded-For: 1.1.1.1',
        'Forwarded: x',
      ),
    );
    expect(head.refuse).toBe(0);
    expect(head.forward).toBe('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX-End: 2\r\n');
    expect(head).toMatchObject({ contentLength: 3, hasBody: true, forwardedFor: '1.1.1.1', teTrailers: true, idempotent: false });
  });

  it.each([
    ['http://b.example/x?y', '/x?y', 'b.example'],
    ['HTTPS://b.example:444', '/', 'b.example:444'],
    ['http://b.example?q', '/?q', 'b.example'],
  ])('absolute-form %s', (target, path, host) => {
    const head = request(lines(`GET ${target} HTTP/1.1`, 'Host: a', 'X: y'));
    expect(head).toMatchObject({ refuse: 0, target: path, host });
    expect(head.forward).toBe(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nX: y\r\n`);
  });

  it('HTTP/1.0 becomes 1.1, with the Host it lacks left to the sender', () => {
    const head = request(lines('GET / HTTP/1.0', 'Connection: keep-alive'));
    expect(head).toMatchObject({ refuse: 0, minor: 0, hostMissing: true, persistent: true, forward: 'GET / HTTP/1.1\r\n' });
    expect(request(lines('GET / HTTP/1.0')).persistent).toBe(false);
  });

  it('forgets everything of the request before', () => {
    const head = new RequestHead();
    const parse = (text: string) => {
      const buffer = Buffer.from(text, 'latin1');
      return head.parse(buffer, 0, buffer.length - 4, { maxHeaders: 100 }, true);
    };
    expect(
      parse(
        lines(
          'POST / HTTP/1.1',
          'Host: a',
          'Connection: close, upgrade, x-a',
          'Upgrade: w',
          'Cookie: a=b',
          'Cookie: c=d',
          'Transfer-Encoding: chunked',
          'Expect: 100-continue',
          'Authorization: NTLM x',
          'X-Forwarded-For: 9.9.9.9',
          'X-Forwarded-Proto: https',
          'TE: trailers',
        ),
      ),
    ).toBe(true);
    expect(head).toMatchObject({
      cookies: 'a=b; c=d',
      chunked: true,
      expectContinue: true,
      bound: true,
      upgradeTo: 'w',
      hasForwardedProto: true,
    });
    expect(parse(lines('GET / HTTP/1.1', 'Host: b'))).toBe(true);
    const fresh = request(lines('GET / HTTP/1.1', 'Host: b'), true);
    expect(JSON.parse(JSON.stringify(head))).toEqual(JSON.parse(JSON.stringify(fresh)));
  });

  it.each([
    [400, 'GET  / HTTP/1.1'],
    [400, 'GET / HTTP/1.1 '],
    [400, 'GET / http/1.1'],
    [400, 'GET / HTTP/1.10'],
    [400, 'GET / HTTP/1.2'],
    [505, 'GET / HTTP/2.0'],
    [400, 'G@T / HTTP/1.1'],
    [400, `${'M'.repeat(33)} / HTTP/1.1`],
    [400, 'GET /\x7f HTTP/1.1'],
    [400, 'GET /# HTTP/1.1'],
    [400, 'GET a HTTP/1.1'],
    [400, 'GET * HTTP/1.1'],
    [405, 'CONNECT a:1 HTTP/1.1'],
    [405, 'TRACE / HTTP/1.1'],
  ])('%i for %j', (status, line) => {
    expect(request(lines(line, 'Host: a')).refuse).toBe(status);
  });

  it.each<[number, string[]]>([
    [400, []],
    [400, ['Host: a', 'Host: a']],
    [400, ['Host: a b']],
    [400, ['Host: a', 'X : y']],
    [400, ['Host: a', ' folded']],
    [400, ['Host: a', ': x']],
    [400, ['Host: a', 'X: a\rb']],
    [400, ['Host: a', 'X: a\0b']],
    [400, ['Host: a', 'Content-Length: 1', 'Content-Length: 1']],
    [400, ['Host: a', 'Content-Length: 1', 'Transfer-Encoding: chunked']],
    [400, ['Host: a', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
    [501, ['Host: a', 'Transfer-Encoding: gzip, chunked']],
    [501, ['Host: a', 'Transfer-Encoding: identity']],
    [501, ['Host: a', 'Transfer-Encoding: \xa0chunked']],
    [400, ['Host: a', 'Connection: content-length']],
    [417, ['Host: a', 'Expect: something']],
  ])('%i for %j', (status, fields) => {
    expect(request(lines('POST / HTTP/1.1', ...fields)).refuse).toBe(status);
  });

  it('counts its fields', () => {
    const fields = Array.from({ length: 9 }, (_, i) => `X-${i}: y`);
    expect(request(lines('GET / HTTP/1.1', 'Host: a', ...fields), false, 10).refuse).toBe(0);
    expect(request(lines('GET / HTTP/1.1', 'Host: a', 'One: more', ...fields), false, 10).refuse).toBe(431);
  });
});

function response(text: string): { head: ResponseHead; good: boolean; bytes: () => string } {
  const head = new ResponseHead();
  const buffer = Buffer.from(`before${text}after`, 'latin1');
  const end = buffer.length - 5 - 4;
  const good = head.parse(buffer, 6, end);
  return { head, good, bytes: () => buffer.toString('latin1', head.compact(buffer), end + 4) };
}

describe('an answer’s head', () => {
  it('goes on in place, without what is for one hop', () => {
    const { good, head, bytes } = response(
      lines('HTTP/1.0 200 OK', 'Connection: keep-alive', 'Keep-Alive: timeout=5', 'Content-Length: 3', 'Proxy-Connection: x', 'X: \xe4'),
    );
    expect(good).toBe(true);
    expect(head).toMatchObject({ status: 200, minor: 0, contentLength: 3, persistent: true, plain: true });
    expect(bytes()).toBe(lines('HTTP/1.1 200 OK', 'Content-Length: 3', 'X: \xe4'));
  });

  it('puts back the space before an empty reason', () => {
    const { good, head } = response(lines('HTTP/1.1 200', 'Content-Length: 0'));
    expect([good, head.plain]).toEqual([true, false]);
    const buffer = Buffer.from(lines('HTTP/1.1 200', 'A: b'), 'latin1');
    expect(head.parse(buffer, 0, buffer.length - 4)).toBe(true);
    expect(head.text(buffer)).toBe('HTTP/1.1 200 \r\nA: b\r\n');
  });

  it('takes out what Connection names', () => {
    const head = new ResponseHead();
    const buffer = Buffer.from(lines('HTTP/1.1 200 OK', 'X-Hop: 1', 'Connection: x-hop', 'A: b'), 'latin1');
    expect(head.parse(buffer, 0, buffer.length - 4)).toBe(true);
    expect(head.text(buffer)).toBe('HTTP/1.1 200 OK\r\nA: b\r\n');
  });

  it.each([
    ['HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 1'],
    ['HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked'],
    ['HTTP/1.0 200 OK', 'Transfer-Encoding: chunked'],
    ['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked, gzip'],
    ['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked, chunked'],
    ['HTTP/1.1 200 OK', 'Transfer-Encoding:'],
    ['HTTP/1.1 200 OK', 'Content-Length: -1'],
    ['HTTP/1.1 200 OK', 'Connection: transfer-encoding'],
    ['HTTP/1.1 200 OK', 'A : b'],
    ['HTTP/1.1 200 OK', ' folded'],
    ['HTTP/1.1 200 OK', 'A: b\0'],
    ['HTTP/1.1 099 OK'],
    ['HTTP/1.1 20 OK'],
    ['HTTP/2.0 200 OK'],
    ['HTTP/1.2 200 OK'],
    ['http/1.1 200 OK'],
    ['ICY 200 OK'],
  ])('is refused: %j', (...text) => {
    expect(response(lines(...text)).good).toBe(false);
  });

  it.each([
    ['gzip, chunked', true, false],
    ['gzip', false, true],
    ['CHUNKED', true, false],
  ])('Transfer-Encoding: %s', (coding, chunked, untilClose) => {
    expect(response(lines('HTTP/1.1 200 OK', `Transfer-Encoding: ${coding}`)).head).toMatchObject({ chunked, untilClose });
  });
});
