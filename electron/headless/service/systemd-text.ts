/** What cannot stand in a unit file's line, whatever the quoting; paths with it are refused rather than bent. */
const unspeakable = /[\u0000-\u001f\u007f]/;

/** @throws Error when the text cannot stand in a unit file. */
function assertSpeakable(text: string): void {
  if (unspeakable.test(text))
    throw new Error(`${JSON.stringify(text)} has control characters in it, which a unit file cannot hold; rename it`);
}

/**
 * One argument of ExecStart=, as systemd.service(5) quotes: double quotes, C escapes, `%` and `$` doubled, so that neither specifiers
 * nor variables are put in.
 */
export function execArgument(text: string): string {
  assertSpeakable(text);
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_@:./=,+-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/**
 * The program of ExecStart=.
 * @throws Error for names systemd takes for no program's, however they are quoted.
 */
export function execProgram(path: string): string {
  if (/["'\\]/.test(path)) throw new Error(`systemd starts no program with quotes or backslashes in its path: ${path}`);
  return unitPath(path);
}

/** One path in a list of them (ReadWritePaths=): quoted as above, but `$` means nothing there. */
export function unitPath(path: string): string {
  assertSpeakable(path);
  const escaped = path.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%');
  return /^[A-Za-z0-9_@./=,+$-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
