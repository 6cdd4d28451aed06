import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ipVersion, isAddressOrCidr, isDnsName, parseHostPort, reachesListener } from '../../../shared/model/address.ts';

/** Addresses as they are, and cut, doubled and mixed up. */
const digits = fc.constantFrom('', '0', '1', '9', '25', '255', '256', '00', 'a', 'ffff', '10000', 'G', '-1');
const pieces = fc.array(fc.oneof(digits, fc.constantFrom(':', '::', '.', '1.2.3.4', '/', '%eth0', ' ', '\n')), { maxLength: 18 });
const texts = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  pieces.map((all) => all.join('')),
  fc.tuple(fc.ipV6(), fc.nat(40), digits).map(([text, at, piece]) => text.slice(0, at) + piece + text.slice(at + 1)),
  fc.array(digits, { minLength: 6, maxLength: 9 }).map((groups) => groups.join(':')),
);

it('an address is what Node takes for one, without zones', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect([text, ipVersion(text)]).toEqual([text, text.includes('%') ? 0 : isIP(text)]);
    }),
    { numRuns: 20_000 },
  );
});

it('a network is what the schema library takes for one, or an address', () => {
  const bits = fc.constantFrom('', '/', '/0', '/8', '/08', '/32', '/33', '/128', '/129', '/-1', '/1000', '/8/8', '/ 8');
  const library = z.union([z.cidrv4(), z.cidrv6()]);
  fc.assert(
    fc.property(texts, bits, (text, suffix) => {
      const network = text + suffix;
      expect([network, isAddressOrCidr(network)]).toEqual([
        network,
        isIP(network.replace('%', '!')) !== 0 || library.safeParse(network).success,
      ]);
    }),
    { numRuns: 20_000 },
  );
});

it.each([
  ['127.0.0.1', '[::ffff:127.0.0.1]', true],
  ['127.0.0.1', '[::FFFF:7f00:1]', true],
  ['0.0.0.0', '[0:0:0:0:0:0:0:1]', true],
  ['::', '[::ffff:127.9.9.9]', true],
  ['::1', '[0:0:0:0:0:0:0:1]', true],
  ['2001:db8::1', '[2001:DB8:0:0::1]', true],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
  ['127.0.0.1', '[::ffff:127.0.0.2]', false],
  ['10.0.0.1', '[::ffff:127.0.0.1]', false],
  ['2001:db8::1', '[2001:db8::2]', false],
])('a listener on %s and a node at %s: the same place, %s', (bound, node, same) => {
  const target = parseHostPort(`${node}:80`);
  if (typeof target === 'string') throw new Error(target);
  expect(reachesListener(target, { host: bound, port: 80 })).toBe(same);
  expect(reachesListener(target, { host: bound, port: 81 })).toBe(false);
});

it('names are as long as DNS allows, labels too', () => {
  const label = 'a'.repeat(63);
  const longest = `${label}.${label}.${label}.${'a'.repeat(61)}`;
  expect([longest.length, isDnsName(longest), isDnsName(`${longest}a`)]).toEqual([253, true, false]);
  expect([isDnsName(label), isDnsName(`${label}a`), isDnsName('a..b'), isDnsName('.'), isDnsName('a.')]).toEqual([
    true,
    false,
    false,
    false,
    true,
  ]);
  expect(['a:0', 'a:65536', 'a:080', '[fe80::1%eth0]:80', 'fe80::1:80', 'a:80 '].map((text) => typeof parseHostPort(text))).toEqual([
    'string',
    'string',
    'object',
    'string',
    'string',
    'string',
  ]);
});
