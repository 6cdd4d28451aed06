const refused = (text: string, name: string, min: number, max: number): RangeError =>
  new RangeError(`--${name} must be ${min}–${max}, got "${text}".`);

/** @throws RangeError where an option's text is no number of min to max. */
export function numberOption(text: string, name: string, min: number, max: number): number {
  const value = Number(text);
  if (!(value >= min && value <= max)) throw refused(text, name, min, max);
  return value;
}

/** As numberOption, without fractions. */
export function wholeOption(text: string, name: string, min: number, max: number): number {
  const value = numberOption(text, name, min, max);
  if (!Number.isInteger(value)) throw refused(text, name, min, max);
  return value;
}
