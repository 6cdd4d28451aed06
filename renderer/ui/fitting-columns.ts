/** A column of a table. Lengths are in CSS pixels at the usual text size. */
export interface Column<Id extends string = string> {
  id: Id;
  /** At least so wide. */
  width: number;
  /** Its share of what is left over, beside those of other columns, until it is twice as wide. Default 0. */
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
  if (!Number.isFinite(left) || !shown.some(({ grows = 0 }) => grows > 0)) return shown;
  return widened(shown, left);
}

/** A column that grows becomes at most so many times as wide by that; what is left then widens all, so that none stands far from the next. */
const most = 2;

function widened<C extends Column>(columns: readonly C[], room: number): C[] {
  const widths = columns.map(({ width }) => width);
  let left = room;
  for (;;) {
    const growing = columns.flatMap(({ width, grows = 0 }, i) =>
      grows > 0 && widths[i]! < width * most ? [{ i, grows, to: width * most }] : [],
    );
    const shares = growing.reduce((total, { grows }) => total + grows, 0);
    if (shares === 0 || left <= 0) break;
    // The one that is full first says how far all of them grow before they share anew.
    const step = Math.min(left / shares, ...growing.map(({ i, grows, to }) => (to - widths[i]!) / grows));
    for (const { i, grows, to } of growing) widths[i] = Math.min(to, widths[i]! + step * grows);
    left -= step * shares;
  }
  const sum = widths.reduce((total, width) => total + width, 0);
  const factor = left > 0 ? (sum + left) / sum : 1;
  return columns.map((one, i) => ({ ...one, width: widths[i]! * factor }));
}
