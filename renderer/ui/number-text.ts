/** Text to the stored value: a number where it is one, otherwise the text itself. */
export function readNumber(text: string, scale = 1): number | string {
  const trimmed = text.trim().replace(',', '.');
  if (!/^-?(?:\d+\.?\d*|\.\d+)$/.test(trimmed)) return text;
  const value = Number(trimmed) * scale;
  return scale === 1 ? value : Math.round(value);
}

/** The stored value as it is edited: 1500 at scale 1000 is "1.5". */
export function showNumber(value: number | string, scale = 1): string {
  return typeof value === 'string' ? value : String(value / scale);
}
