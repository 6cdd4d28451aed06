/** A column of a table. Lengths are in CSS pixels at the usual text size. */
export interface Column<Id extends string = string> {
  id: Id;
  /** At least so wide. */
  width: number;
  /** Its share of what is left over, beside those of other columns. Default 0. */
  grows?: number | undefined;
  /** Where there is no room for all, the column with the highest number goes first; without one it stays. */
  leaves?: number | undefined;
}

/** The columns there is room for, in their order, each as wide as it is drawn. Narrower than those that stay, the table scrolls sideways. */
export function fittingColumns<C extends Column>(columns: readonly C[], room: number): C[] {
  const shown = [...columns];
  const sum = () => shown.reduce((total, { width }) => total + width, 0);
  while (sum() > room) {
    const next = shown.reduce(
      (worst, column) => ((column.leaves ?? 0) > (worst?.leaves ?? 0) ? column : worst),
      undefined as C | undefined,
    );
    if (!next) break;
    shown.splice(shown.indexOf(next), 1);
  }
  const left = Math.max(0, room - sum());
  const shares = shown.reduce((total, { grows = 0 }) => total + grows, 0);
  return shares === 0 || !Number.isFinite(left)
    ? shown
    : shown.map((one) => ({ ...one, width: one.width + (left * (one.grows ?? 0)) / shares }));
}
