/**
 * Chromium's switches that undo what docs/security.md promises. A program that ends at once opens no port and shows no page; what Chromium does
 * before any of its code is said there, too.
 */
const refused = [
  // Whoever connects, another user of this machine too, holds the page and all it may ask.
  'remote-debugging-port',
  'remote-debugging-pipe',
  // V8's own switches, in every process.
  'js-flags',
  // Programs of anybody's choice in the place of Chromium's processes.
  'browser-subprocess-path',
  'gpu-launcher',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
  'zygote-cmd-prefix',
  // The page inside the main process, or outside of the kernel's filter.
  'single-process',
  'disable-seccomp-filter-sandbox',
  // What the window's own preferences say otherwise.
  'allow-running-insecure-content',
  'disable-web-security',
  'enable-blink-features',
  'enable-experimental-web-platform-features',
  // An update's https, and with it the checksum that is all an unsigned package has.
  'host-rules',
  'ignore-certificate-errors',
  'ignore-certificate-errors-spki-list',
  // A keychain whose secret stands in Chromium's sources.
  'use-mock-keychain',
] as const;

/**
 * Which switches a packed program does not start with.
 * @param has whether the command line has a switch, as Chromium reads it.
 * @returns their names, without dashes; none: it may start.
 */
export function refusedSwitches(has: (name: string) => boolean, platform: NodeJS.Platform = process.platform): string[] {
  // On Linux there are machines on which Chromium starts in no other way: kernels without user namespaces, containers.
  return [...refused, ...(platform === 'linux' ? [] : ['no-sandbox'])].filter(has);
}

/** What is said to whoever gave them: the fact, its cause, what to do. */
export function refusalWords(switches: readonly string[]): string {
  const names = switches.map((name) => `--${name}`).join(', ');
  return `Evenkeel does not start with ${names}: it would undo the protection of its window (docs/security.md). Start it without, or from its sources to look into it.`;
}
