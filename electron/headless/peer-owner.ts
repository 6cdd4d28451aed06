import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { parseSocketTable } from '../control/proc-net.ts';
import { isLoopbackAddress, plainAddress } from './request-guard.ts';

/**
 * Whether the program at the other end of a loopback connection is this user's own, or root's: only Linux tells.
 * @returns false whenever it cannot be known.
 */
export async function isOwnPeer(socket: Socket): Promise<boolean> {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (process.platform !== 'linux' || !localAddress || !remoteAddress) return false;
  if (!isLoopbackAddress(remoteAddress) || !isLoopbackAddress(localAddress)) return false;
  const uid = process.getuid?.();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const rows = parseSocketTable(await readFile(file, 'utf8').catch(() => ''));
    const row = rows.find(
      (r) =>
        r.localPort === remotePort &&
        r.remotePort === localPort &&
        r.localAddress === plainAddress(remoteAddress) &&
        r.remoteAddress === plainAddress(localAddress),
    );
    // A socket whose program has let go of it shows uid 0 and inode 0: that is nobody's.
    if (row) return row.inode !== 0 && (row.uid === uid || row.uid === 0);
  }
  return false;
}
