import { ipVersion } from '../../../shared/model/address.ts';

/** An element of DER (ITU-T X.690): its tag, the length of what follows, and that. All of ours are short of 64 KiB. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** The groups of an IPv6 address, written out: "fc00::" has eight. */
function groups(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const read = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const before = read(head);
  const after = read(tail ?? '');
  return tail === undefined ? before : [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** Address and mask of a network as RFC 5280 section 4.2.1.10 has them: 8 octets for IPv4, 32 for IPv6. */
export function networkOctets(network: string): Buffer {
  const [address = '', bits = ''] = network.split('/');
  const octets = ipVersion(address) === 4 ? address.split('.').map(Number) : groups(address).flatMap((group) => [group >> 8, group & 0xff]);
  const mask = octets.map((_, i) => 0xff & (0xff00 >> Math.max(0, Math.min(8, Number(bits) - i * 8))));
  return Buffer.from([...octets, ...mask]);
}

/**
 * The value of the extension nameConstraints (RFC 5280, section 4.2.1.10): what an authority may sign for, and nothing else of these two
 * kinds of names.
 * @param domains each with everything below it.
 * @param networks as "10.0.0.0/8".
 */
export function nameConstraints(domains: readonly string[], networks: readonly string[]): Buffer {
  const sequence = 0x30;
  const subtrees = [
    // GeneralName: dNSName [2], iPAddress [7]; a GeneralSubtree's minimum is its default, so it is left out.
    ...domains.map((domain) => element(0x82, Buffer.from(domain, 'ascii'))),
    ...networks.map((network) => element(0x87, networkOctets(network))),
  ].map((base) => element(sequence, base));
  // permittedSubtrees [0]
  return element(sequence, element(0xa0, Buffer.concat(subtrees)));
}
