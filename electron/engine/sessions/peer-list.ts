import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { plainAddress } from './proxy-protocol.ts';

/**
 * Whether an address belongs to a list of addresses and networks.
 * @param list IP addresses and CIDR ("10.0.0.0/8", "fd00::/8", "::1"); an IPv4 network may be written IPv4-mapped.
 * @returns the test. It takes `socket.remoteAddress` as it is: IPv4-mapped IPv6 counts as IPv4, zones are ignored, and
 *   what is not an IP address belongs to no list.
 */
export function createPeerMatcher(list: readonly string[]): (address: string) => boolean {
  if (list.length === 0) return () => false;
  const peers = new BlockList();
  for (const entry of list) {
    const [network = '', prefix] = entry.split('/');
    const plain = plainAddress(network);
    if (isIPv4(plain)) {
      const offset = network.includes(':') ? 96 : 0;
      const bits = prefix === undefined ? 32 : Number(prefix) - offset;
      // Wider than the mapped range itself: all of it, and the IPv6 around it.
      if (bits < 0) peers.addSubnet(network, Number(prefix), 'ipv6');
      peers.addSubnet(plain, Math.max(0, bits), 'ipv4');
    } else peers.addSubnet(plain, prefix === undefined ? 128 : Number(prefix), 'ipv6');
  }
  return (address) => {
    const plain = plainAddress(address);
    if (isIPv4(plain)) return peers.check(plain, 'ipv4');
    return isIPv6(plain) && peers.check(plain, 'ipv6');
  };
}
