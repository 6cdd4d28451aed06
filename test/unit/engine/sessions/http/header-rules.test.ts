import { describe, expect, it } from 'vitest';
import {
  bindsConnection,
  isValidHost,
  mayBeTrailer,
  readConnection,
  readContentLength,
  readCookie,
  trimWhiteSpace,
  withoutFields,
  type ConnectionOptions,
} from '../../../../../electron/engine/sessions/http/header-rules.ts';

describe('Content-Length', () => {
  it.each([
    ['0', 0],
    ['5', 5],
    ['0005', 5],
    ['00000000000000000005', 5],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('%s is %i', (text, length) => {
    expect(readContentLength(text)).toBe(length);
  });

  it.each(['', ' 5', '5 ', '+5', '-5', '5,5', '5, 5', '0x5', '5.0', '1e3', 'a', '9007199254740992', '000000000000000000005', '５'])(
    '%j is none',
    (text) => {
      expect(readContentLength(text)).toBe(-1);
    },
  );
});

describe('Host', () => {
  it.each([
    'a',
    'a.example',
    'a.example:80',
    'a.example:',
    '127.0.0.1:8080',
    '[::1]',
    '[::1]:443',
    'a_b.example',
    'A-B',
    '[2001:db8::1]:65535',
  ])('%s is one', (value) => {
    expect(isValidHost(value)).toBe(true);
  });

  it.each([
    '',
    'a b',
    'user@a',
    'a/b',
    'a,b',
    'a:b',
    'a:99999',
    'a:123456',
    '[::1',
    '::1',
    '[nonsense]',
    '[::1]x',
    'a:80:80',
    'http://a',
    'a#b',
    'a?b',
    'ä',
    '[127.0.0.1]',
    'a%20b',
  ])('%j is none', (value) => {
    expect(isValidHost(value)).toBe(false);
  });
});

describe('Connection', () => {
  const parse = (...fields: string[]) => {
    const options: ConnectionOptions = { close: false, keepAlive: false, upgrade: false, names: undefined, bad: false };
    for (const field of fields) readConnection(field, options);
    return options;
  };

  it('several fields and tokens add up, in any case', () => {
    expect(parse('Keep-Alive , UPGRADE', 'X-One', 'x-two,, close')).toEqual({
      close: true,
      keepAlive: true,
      upgrade: true,
      names: ['x-one', 'x-two'],
      bad: false,
    });
    expect(parse('')).toMatchObject({ names: undefined, bad: false });
  });

  it.each(['content-length', 'Transfer-Encoding', 'HOST', 'trailer', 'expect'])('naming %s is bad', (name) => {
    expect(parse(`close, ${name}`).bad).toBe(true);
  });

  it('naming what is removed anyway changes nothing', () => {
    expect(parse('TE, Keep-Alive, Proxy-Connection, Connection').names).toBeUndefined();
  });
});

describe('cookies', () => {
  it.each([
    ['NB=x', 'x'],
    ['a=1; NB=x; b=2', 'x'],
    ['a=1;NB=x;b=2', 'x'],
    ['XNB=y; NB=x', 'x'],
    ['a=NB=1; NB=x', 'x'],
    ['NB="x"', 'x'],
    ['NB= x ; c=d', 'x'],
    ['NB=', ''],
  ])('%j', (field, value) => {
    expect(readCookie(field, 'NB')).toBe(value);
  });

  it.each(['', 'NBX=y', 'XNB=y', 'nb=x', 'NB', 'a=NB'])('%j has none', (field) => {
    expect(readCookie(field, 'NB')).toBeUndefined();
  });
});

describe('the rest', () => {
  it('white space is space and tab, nothing else', () => {
    expect(trimWhiteSpace(' \t a b\t ')).toBe('a b');
    expect(trimWhiteSpace('\xa0chunked\xa0')).toBe('\xa0chunked\xa0');
    expect(trimWhiteSpace(' \t ')).toBe('');
  });

  it('fields are taken out by name, in any case, every time', () => {
    expect(withoutFields('A: 1\r\nb: 2\r\nB: 3\r\nBB: 4\r\n', ['b'])).toBe('A: 1\r\nBB: 4\r\n');
    expect(withoutFields('', ['b'])).toBe('');
  });

  it('what may be a trailer', () => {
    expect(['x-sum', 'digest', 'server-timing'].every(mayBeTrailer)).toBe(true);
    expect(['content-length', 'host', 'set-cookie', 'x-forwarded-host', 'if-none-match', 'trailer', 'te'].some(mayBeTrailer)).toBe(false);
  });

  it('authentication that belongs to a connection', () => {
    expect(['NTLM TlRM', 'negotiate', 'Negotiate abc', 'Kerberos x'].every(bindsConnection)).toBe(true);
    expect(['Basic bnRsbQ==', 'Bearer x', 'ntlmx', 'Digest negotiate="x"'].some(bindsConnection)).toBe(false);
  });
});
