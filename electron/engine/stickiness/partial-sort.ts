/**
 * Puts into `items[from]` to `items[to - 1]` what would stand there were all of `items` sorted, and leaves the rest in any
 * order. For a page of a long list: about three comparisons an item, where sorting all of them takes some twenty.
 * @param compare a total order: no two items are equal to it.
 * @param to exclusive.
 */
export function partialSort(items: Uint32Array, from: number, to: number, compare: (a: number, b: number) => number): void {
  // Ranges still to be looked at, as pairs.
  const ranges = [0, items.length - 1];
  while (ranges.length > 0) {
    let high = ranges.pop()!;
    let low = ranges.pop()!;
    while (low < high && high >= from && low < to) {
      const pivot = medianOfThree(items, low, high, compare);
      let left = low;
      let right = high;
      while (left <= right) {
        while (compare(items[left]!, pivot) < 0) left++;
        while (compare(items[right]!, pivot) > 0) right--;
        if (left <= right) {
          const kept = items[left]!;
          items[left++] = items[right]!;
          items[right--] = kept;
        }
      }
      ranges.push(left, high);
      high = right;
      if (right < low) low = high + 1;
    }
  }
}

function medianOfThree(items: Uint32Array, low: number, high: number, compare: (a: number, b: number) => number): number {
  const a = items[low]!;
  const b = items[(low + high) >>> 1]!;
  const c = items[high]!;
  if (compare(a, b) < 0) {
    if (compare(b, c) < 0) return b;
    return compare(a, c) < 0 ? c : a;
  }
  if (compare(a, c) < 0) return a;
  return compare(b, c) < 0 ? c : b;
}
