/**
 * A well-mixed 32-bit hash of a string: FNV-1a over UTF-16 code units, finished with murmur3's mixer, because FNV alone
 * leaves addresses that differ in the last digit close together.
 * @returns 0 – 4,294,967,295; the same for the same text, on every machine.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    if (unit > 0xff) hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return mix32(hash);
}

/** Murmur3's 32-bit finaliser: every bit of `n` reaches every bit of the result. A bijection. */
export function mix32(n: number): number {
  let h = n ^ (n >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
