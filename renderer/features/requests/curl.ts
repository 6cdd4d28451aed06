import { connectableAddress } from '../../../shared/model/listener-url.ts';
import type { ListenerState } from '../../../shared/model/state.ts';
import type { RequestRecord } from '../../../shared/model/metrics.ts';

/** `text` as one word of a POSIX shell, whatever is in it (but NUL, which no shell can carry). */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Paths are kept up to 2,048 characters; what was cut ends so. */
const cutMark = '…';

/**
 * The request as a curl command for a POSIX shell, sent to the listener's address. Headers and body are not in the log, so they
 * are not in the command.
 * @returns null when it cannot be made: a tcp session, or a path too long to have been kept whole.
 */
export function curlCommand(
  record: Pick<RequestRecord, 'method' | 'path'>,
  listener: Pick<ListenerState, 'address' | 'protocol'>,
): string | null {
  const { method, path } = record;
  if (listener.protocol === 'tcp' || method === '' || path.endsWith(cutMark)) return null;
  const origin = `${listener.protocol}://${connectableAddress(listener.address)}`;
  // curl reads brackets and braces in a URL as patterns (-g), and tidies dots away (--path-as-is).
  const words = ['curl', '-g', '--path-as-is'];
  if (method === 'HEAD') words.push('--head');
  else if (method !== 'GET') words.push('--request', shellQuote(method));
  // A target of another form ("*", "http://…") and what a URL may not hold go out as they came in.
  const plain = /^\/[!-~]*$/.test(path) && !path.includes('#');
  if (!plain) words.push('--request-target', shellQuote(path));
  words.push(shellQuote(plain ? origin + path : `${origin}/`));
  return words.join(' ');
}
