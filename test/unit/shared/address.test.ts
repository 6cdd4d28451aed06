import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ipVersion, isAddressOrCidr } from '../../../shared/model/address.ts';

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
