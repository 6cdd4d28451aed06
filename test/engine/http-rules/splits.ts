import { seededRandom } from '../../support/wait.ts';

export interface Split {
  name: string;
  parts: Buffer[];
}

const at = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const sorted = [...new Set(places)].filter((p) => p > 0 && p < bytes.length).sort((a, b) => a - b);
  return [0, ...sorted].map((from, i) => bytes.subarray(from, sorted[i] ?? bytes.length));
};

/** The message in one piece. */
export function whole(bytes: Buffer): Split[] {
  return [{ name: 'whole', parts: [bytes] }];
}

/** In two pieces, cut at every byte, or at the places given. */
export function everyCut(bytes: Buffer, cuts?: readonly number[]): Split[] {
  const places = cuts ?? Array.from({ length: bytes.length - 1 }, (_, i) => i + 1);
  return places.filter((p) => p > 0 && p < bytes.length).map((p) => ({ name: `cut at ${p}`, parts: at(bytes, [p]) }));
}

/** Byte by byte (messages up to 500 bytes) and in three random ways, the same in every run. */
export function pieces(bytes: Buffer): Split[] {
  const splits: Split[] = [];
  if (bytes.length <= 500) {
    const places = Array.from({ length: bytes.length }, (_, i) => i);
    splits.push({ name: 'byte by byte', parts: at(bytes, places) });
  }
  for (let seed = 1; seed <= 3; seed++) {
    const random = seededRandom(seed * 7919 + bytes.length);
    const places = Array.from({ length: 1 + Math.floor(random() * 6) }, () => Math.floor(random() * bytes.length));
    splits.push({ name: `random ${seed} (${places.join(', ')})`, parts: at(bytes, places) });
  }
  return splits;
}
