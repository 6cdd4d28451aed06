/** The longest end two texts have in common, in characters. */
function commonEnd(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[a.length - 1 - n] === b[b.length - 1 - n]) n++;
  return n;
}

/**
 * How many characters of each text's end have to stay when it is shortened in the middle, so that no two of them look the same:
 * what they end alike in, the character that tells them apart and one before it.
 * @param least and @param most what is kept in any case, and never more than.
 * @returns by text.
 */
export function tellingEnds(texts: readonly string[], least: number, most: number): Map<string, number> {
  const backwards = (text: string) => [...text].toReversed().join('');
  const sorted = [...new Set(texts)].map((text) => ({ text, key: backwards(text) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  // Who ends most like a text stands next to it.
  return new Map(
    sorted.map(({ text }, i) => {
      const alike = Math.max(commonEnd(text, sorted[i - 1]?.text ?? ''), commonEnd(text, sorted[i + 1]?.text ?? ''));
      // Who is told from the others nearer to its beginning leaves as much room for that as can be.
      return [text, alike + 2 > most ? least : Math.max(least, alike + 2)];
    }),
  );
}
