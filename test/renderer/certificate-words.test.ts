import { expect, it } from 'vitest';
import { readNames, sayExpiry, sayNames } from '../../renderer/forms/certificates/certificate-words.ts';
import { notAmong } from '../../renderer/forms/found-servers.tsx';

const day = 86_400_000;
const now = Date.UTC(2026, 0, 10);

it.each([
  [-10, 397, '397 days left', 'good'],
  [-10, 30, '30 days left', 'good'],
  [-10, 29.9, '29 days left', 'soon'],
  [-10, 1, '1 day left', 'soon'],
  [-10, 0.5, 'expires within a day', 'soon'],
  [-10, -0.5, 'expired today', 'expired'],
  [-10, -1.5, 'expired 1 day ago', 'expired'],
  [-400, -30.5, 'expired 30 days ago', 'expired'],
  [0.5, 30, 'valid from tomorrow', 'early'],
  [2.5, 30, 'valid in 3 days', 'early'],
])('from day %d to day %d: %s', (from, to, words, kind) => {
  expect(sayExpiry({ notBefore: now + from * day, notAfter: now + to * day }, now)).toEqual({ words, kind });
});

it('names names', () => {
  expect(sayNames(['a', 'b', 'c'])).toBe('a, b, c');
  expect(sayNames(['a', 'b', 'c', 'd', 'e'])).toBe('a, b and 3 more');
  expect(readNames(' a.test,b.test\n a.test; ::1 ')).toEqual(['a.test', 'b.test', '::1']);
});

it('offers no server twice', () => {
  const servers = ['127.0.0.1:3000', '127.0.0.1:3001', '[::1]:3002'].map((address) => ({ address, program: 'node', pid: 1 }));
  expect(notAmong(servers, ['localhost:3000', 'example.test:3001', 'half typed']).map(({ address }) => address)).toEqual([
    '127.0.0.1:3001',
    '[::1]:3002',
  ]);
});
