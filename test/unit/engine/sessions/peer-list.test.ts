import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPeerMatcher } from '../../../../electron/engine/sessions/peer-list.ts';

it.each([
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.4', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['::ffff:10.0.0.0/104', '10.9.9.9', true],
  ['::ffff:10.0.0.0/104', '11.9.9.9', false],
  ['::/0', '2001:db8::1', true],
  ['127.0.0.1', '', false],
  ['127.0.0.1', 'localhost', false],
])('%s and %j: %s', (entry, address, wanted) => {
  expect(createPeerMatcher([entry])(address)).toBe(wanted);
});

it('belongs to no empty list', () => {
  expect(createPeerMatcher([])('127.0.0.1')).toBe(false);
});

it('agrees with arithmetic on 32 bits, for any IPv4 network and address', () => {
  const number = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4(), (network, bits, address) => {
      const size = 2 ** (32 - bits);
      const inside = Math.floor(number(network) / size) === Math.floor(number(address) / size);
      const matches = createPeerMatcher(['192.0.2.1/32', `${network}/${bits}`]);
      expect(matches(address)).toBe(inside || address === '192.0.2.1');
      expect(matches(`::ffff:${address}`)).toBe(matches(address));
    }),
  );
});
