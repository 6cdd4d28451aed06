/** Where a name and where an address may be parted in two lines: behind one of these. */
const seams = { name: /[-_./: ]/, address: /:/ };

/**
 * Parts a name that may need two lines: at the seam nearest to its middle, where there is one.
 * @param longest characters of the second line at most; of a longer name the first is shortened at its end.
 * @param what says where its seams are.
 */
export function twoParts(text: string, longest: number, what: 'name' | 'address' = 'name'): [head: string, end: string] {
  const first = Math.max(1, text.length - longest);
  const middle = Math.max(first, Math.ceil(text.length / 2));
  let at = middle;
  let away = Infinity;
  for (let i = first; i < text.length; i++) {
    if (!seams[what].test(text[i - 1]!) || Math.abs(i - middle) >= away) continue;
    at = i;
    away = Math.abs(i - middle);
  }
  return [text.slice(0, at), text.slice(at)];
}
