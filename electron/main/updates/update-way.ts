import type { NoUpdates } from '../../../shared/model/update.ts';
import { ownAppImage, ownPortableExe } from '../own-file.ts';

/** What decides whether this program can bring itself up to date. */
export interface UpdateFacts {
  platform: NodeJS.Platform;
  isPackaged: boolean;
  env: NodeJS.ProcessEnv;
  /** The running binary. */
  execPath: string;
  /** resources/app-update.yml, which electron-builder writes when a feed is named; undefined: there is none. */
  feedFile: string | undefined;
  /** resources/package-type, which deb and rpm packages carry; undefined: there is none. */
  packageType: string | undefined;
}

/** The feed to ask, or why none is asked. */
export type UpdateWay = { feed: string } | { why: NoUpdates };

/** The feed's address, from the one line of the file that has it; undefined when there is none. */
function feedAddress(feedFile: string): string | undefined {
  const url = /^url:\s*(.+)$/m.exec(feedFile)?.[1]?.trim();
  return url?.replace(/^(['"])(.*)\1$/, '$2');
}

/** Whatever comes over plain http may be anybody's, checksums included; on this machine nobody stands between. */
export function isSafeFeed(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname));
}

/** How this program is brought up to date. How it was installed comes first: a feed cannot help who has a package manager. */
export function updateWay({ platform, isPackaged, env, execPath, feedFile, packageType }: UpdateFacts): UpdateWay {
  if (!isPackaged) return { why: 'development' };
  if (platform === 'linux' && ownAppImage(env, execPath) === undefined) {
    // A deb could only be put in as root, unsigned; its package manager does better.
    return { why: packageType !== undefined || env['SNAP'] !== undefined ? 'package-manager' : 'by-hand' };
  }
  if (platform === 'win32' && ownPortableExe(env, execPath) !== undefined) return { why: 'portable' };
  const feed = feedFile === undefined ? undefined : feedAddress(feedFile);
  if (feed === undefined) return { why: 'no-feed' };
  return isSafeFeed(feed) ? { feed } : { why: 'insecure-feed' };
}
