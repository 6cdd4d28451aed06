import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const sticky = 0o1000;

/**
 * Why other users could put files of theirs into a folder, or a folder of theirs in its place. Root and this process's user are no others; for
 * root, whoever owns the folder is none either. Windows has no such bits: the folders of a profile are its user's own there.
 * @returns undefined when none of them can.
 */
export function openToOthers(folder: string): string | undefined {
  const me = process.getuid?.();
  if (me === undefined) return undefined;
  const start = realpathSync(folder);
  // In a namespace of users root may have another number; it owns the root of the file system all the same.
  const known = new Set([0, me, statSync('/').uid]);
  if (me === 0) known.add(statSync(start).uid);
  for (let at = start; ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    if (!known.has(uid)) return `${at} belongs to another user (${uid})`;
    // A group with its user's number is by custom that user's alone (pam_umask(8), usergroups).
    const writers = (mode & 0o002) !== 0 ? 'everybody' : (mode & 0o020) !== 0 && gid !== uid ? `the group ${gid}` : undefined;
    // In a sticky folder others cannot rename what is not theirs; they can still add to it.
    if (writers !== undefined && (at === start || (mode & sticky) === 0)) return `${writers} may write to ${at}`;
    if (dirname(at) === at) return undefined;
  }
}
