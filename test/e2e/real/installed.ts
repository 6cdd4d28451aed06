import { versionOf } from '../../bench/program.ts';

const asks = {
  nginx: [['-v'], /nginx\/([\d.]+)/],
  haproxy: [['-v'], /version ([\w.]+)/],
  curl: [['--version'], /curl ([\d.]+)/],
  openssl: [['version'], /OpenSSL ([\d.]+)/],
  h2load: [['--version'], /nghttp2\/([\d.]+)/],
  terraform: [['version'], /Terraform v([\d.]+)/],
  wrk: [['-v'], /wrk (?:debian\/)?([\d.]+)/],
} satisfies Record<string, [string[], RegExp]>;

/**
 * Whether real programs are here, for tests that need them: `it.skipIf(needs.missing)(needs.title('…'), …)`. What is missing
 * is told in the test's name, so that nobody takes a test that did not run for one that passed.
 */
export function needing(...programs: (keyof typeof asks)[]): { missing: boolean; title(text: string): string } {
  const absent = programs.filter((name) => {
    const [args, pattern] = asks[name];
    return process.platform === 'win32' || versionOf(name, args, pattern) === undefined;
  });
  return {
    missing: absent.length > 0,
    title: (text) => (absent.length === 0 ? text : `${text} (SKIPPED: ${absent.join(' and ')} not installed)`),
  };
}
