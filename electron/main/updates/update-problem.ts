import type { UpdateProblem } from '../../../shared/model/update.ts';

/** What was being done when it went wrong. */
export type UpdateStep = 'check' | 'download' | 'install';

const facts: Record<UpdateStep, string> = {
  check: 'The update feed could not be asked.',
  download: 'The update was not downloaded.',
  install: 'The update was not installed.',
};

interface Known {
  test: RegExp;
  cause: string;
  action: string;
  /** What is true of this cause whatever was being done. Default: the step's own words. */
  fact?: string;
}

const later = 'Try again later; balancing goes on as before.';
const tellPublisher = 'Nothing was installed. Try again later; if it stays so, tell whoever publishes this build.';

/** By what the error's code or message says: Electron's names for what the network does, Node's, and the updater's own. */
const known: readonly Known[] = [
  {
    test: /ERR_CHECKSUM_MISMATCH|checksum mismatch/i,
    fact: 'The downloaded update was refused.',
    cause: 'It is not the file the feed describes: its SHA-512 differs.',
    action: 'It was deleted, and nothing was installed. Try again; if it stays so, tell whoever publishes this build.',
  },
  {
    test: /ERR_UPDATER_INVALID_SIGNATURE|code signature|not signed by/i,
    fact: 'The downloaded update was refused.',
    cause: 'It is not signed by who signed this program.',
    action: tellPublisher,
  },
  { test: /CHANNEL_FILE_NOT_FOUND|HTTP_ERROR_404/, cause: 'The feed has no file for this platform.', action: tellPublisher },
  { test: /HTTP_ERROR_(\d+)|status \d{3}/, cause: 'The feed answered with an error.', action: later },
  { test: /ERR_CONNECTION_REFUSED|ECONNREFUSED/, cause: 'Nobody listens at the address of the feed.', action: later },
  {
    test: /ERR_NAME_NOT_RESOLVED|ENOTFOUND|EAI_AGAIN/,
    cause: "The feed's name is not known to this machine's name servers.",
    action: 'See whether this machine is on the network, and try again.',
  },
  {
    test: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_ADDRESS_UNREACHABLE|ENETUNREACH|EHOSTUNREACH/,
    cause: 'This machine is not on the network, or the feed cannot be reached from it.',
    action: 'See whether this machine is on the network, and try again.',
  },
  {
    test: /ERR_TIMED_OUT|ETIMEDOUT|timed out|ERR_CONNECTION_TIMED_OUT/i,
    cause: 'The feed did not answer in time.',
    action: later,
  },
  {
    test: /ERR_CONNECTION_(RESET|CLOSED)|ERR_CONTENT_LENGTH_MISMATCH|ERR_INCOMPLETE|ECONNRESET|aborted/i,
    cause: 'The connection to the feed broke.',
    action: 'Try again.',
  },
  {
    test: /ERR_CERT|ERR_SSL|CERT_|self.signed/i,
    cause: 'The certificate of the feed is not one this machine trusts.',
    action: 'Nothing was sent or installed. See whether a proxy stands between, and try again.',
  },
  {
    test: /INVALID_UPDATE_INFO|INVALID_VERSION|NO_CHECKSUM|NO_FILES_PROVIDED|ZIP_FILE_NOT_FOUND|YAMLException/,
    cause: 'What the feed says cannot be used.',
    action: tellPublisher,
  },
  { test: /ENOSPC/, cause: 'The disk is full.', action: 'Make room, and try again.' },
  {
    test: /EACCES|EPERM|EROFS|read-only/i,
    cause: "This program's own file or its folder may not be written.",
    action: 'Put the program where you may write, or put the new version in its place by hand.',
  },
];

/**
 * What went wrong, in words: the fact, its cause, what to do. The detail is for the log.
 * @param error whatever was thrown.
 */
export function updateProblem(step: UpdateStep, error: unknown): UpdateProblem {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  const found = known.find(({ test }) => test.test(code) || test.test(message));
  if (found) return { fact: found.fact ?? facts[step], cause: found.cause, action: found.action };
  const [line = ''] = message.split('\n');
  return {
    fact: facts[step],
    cause: line.slice(0, 200) || 'The updater did not say why.',
    action: 'The log has more (Help, Show logs). Try again later.',
  };
}
