/** Longer notes are for the feed's own page. Characters. */
const longest = 10_000;

/**
 * What a feed says of a version, as plain text: one text, or one for each version since this one. It is never read as HTML, and what
 * would move the text about (control characters, marks of direction) is left out.
 * @returns null when it says nothing.
 */
export function releaseNotes(given: unknown): string | null {
  const parts = Array.isArray(given) ? given.map(oneVersion) : [given];
  const text = parts
    .filter((part) => typeof part === 'string')
    .join('\n\n')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{C}\n\t]/gu, '')
    .trim();
  if (text === '') return null;
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

function oneVersion(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  const { version, note } = part as { version?: unknown; note?: unknown };
  return typeof version === 'string' && typeof note === 'string' ? `${version}\n${note}` : undefined;
}
