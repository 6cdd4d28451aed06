import { expect, test } from 'vitest';
import { CookieJar } from '../../../../electron/control/lab/cookie-jar.ts';

test('an empty jar sends nothing', () => {
  expect(new CookieJar().header()).toBeUndefined();
});

test('cookies are kept, replaced and sent back without their attributes', () => {
  const jar = new CookieJar();
  jar.store(['NB_SRVID=one; Path=/; HttpOnly; SameSite=Lax', 'theme=dark']);
  expect(jar.header()).toBe('NB_SRVID=one; theme=dark');
  jar.store(['NB_SRVID=two; Path=/']);
  expect(jar.header()).toBe('NB_SRVID=two; theme=dark');
  jar.store(undefined);
  expect(jar.header()).toBe('NB_SRVID=two; theme=dark');
});

test('a value may hold equals signs; what has no name is passed over', () => {
  const jar = new CookieJar();
  jar.store(['a=b=c==', '=nameless', 'novalue', '']);
  expect(jar.header()).toBe('a=b=c==');
});

test.each(['Max-Age=0', 'max-age=-1', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'])('%s forgets the cookie', (attribute) => {
  const jar = new CookieJar();
  jar.store(['a=1']);
  jar.store([`a=; Path=/; ${attribute}`]);
  expect(jar.header()).toBeUndefined();
});

test('a jar holds fifty cookies at most and still replaces them', () => {
  const jar = new CookieJar();
  jar.store(Array.from({ length: 60 }, (_, i) => `c${i}=0`));
  jar.store(['c0=new', 'c59=new']);
  expect(jar.header()?.split('; ')).toHaveLength(50);
  expect(jar.header()).toMatch(/^c0=new; /);
});
