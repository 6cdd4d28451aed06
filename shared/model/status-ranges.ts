/** One status ("200"), ranges ("200-399"), or a list of both ("200,204,300-399"); 100–599. Undefined when it is none. */
export function parseStatusRanges(spec: string): [number, number][] | undefined {
  const ranges: [number, number][] = [];
  for (const part of spec.split(',')) {
    const match = /^\s*([1-5][0-9]{2})(?:\s*-\s*([1-5][0-9]{2}))?\s*$/.exec(part);
    if (!match) return undefined;
    const low = Number(match[1]);
    const high = Number(match[2] ?? match[1]);
    if (high < low) return undefined;
    ranges.push([low, high]);
  }
  return ranges;
}
