import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fittingColumns, type Column } from '../../renderer/ui/fitting-columns.ts';

const columns: Column[] = [
  { id: 'name', width: 100, grows: 3 },
  { id: 'kind', width: 50, leaves: 1 },
  { id: 'node', width: 100, grows: 1 },
  { id: 'end', width: 50, leaves: 2 },
];
const widths = (room: number) => Object.fromEntries(fittingColumns(columns, room).map(({ id, width }) => [id, width]));

describe('columns in the room there is', () => {
  it('share what is left over', () => {
    expect(widths(380)).toEqual({ name: 160, kind: 50, node: 120, end: 50 });
    expect(widths(300)).toEqual({ name: 100, kind: 50, node: 100, end: 50 });
  });

  it('grow to twice their width, and then all of them widen alike, so that none stands far from the next', () => {
    expect(widths(500)).toEqual({ name: 200, kind: 50, node: 200, end: 50 });
    expect(widths(1_000)).toEqual({ name: 400, kind: 100, node: 400, end: 100 });
  });

  it('leave one after the other where it is narrow, those last that say most', () => {
    expect(widths(299)).toEqual({ name: 136.75, kind: 50, node: 112.25 });
    expect(widths(249)).toEqual({ name: 136.75, node: 112.25 });
    // The table scrolls sideways rather than lose these.
    expect(widths(60)).toEqual({ name: 100, node: 100 });
  });

  it('are as wide as they ask for while nobody knows how much room there is', () => {
    expect(widths(Number.POSITIVE_INFINITY)).toEqual({ name: 100, kind: 50, node: 100, end: 50 });
  });

  it('fill the room exactly or need more than there is, and keep their order', () => {
    const column = fc.record({ width: fc.integer({ min: 1, max: 300 }), grows: fc.nat(4), leaves: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 9 }), fc.nat(2_000), (some, room) => {
        const all = some.map((one, i) => ({ ...one, id: String(i) }));
        const shown = fittingColumns(all, room);
        const ids = shown.map(({ id }) => Number(id));
        expect(ids).toEqual([...ids].sort((a, b) => a - b));
        const sum = shown.reduce((total, { width }) => total + width, 0);
        if (sum > room + 0.01) expect(shown.every(({ leaves }) => leaves === 0)).toBe(true);
        else if (shown.some(({ grows }) => grows > 0)) expect(sum).toBeCloseTo(room, 6);
        for (const one of shown) expect(one.width).toBeGreaterThanOrEqual(all[Number(one.id)]!.width);
      }),
    );
  });
});
