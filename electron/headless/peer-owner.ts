import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { parseSocketTable, type SocketRow } from '../control/proc-net.ts';
import { isLoopbackAddress, plainAddress } from './request-guard.ts';

/** The rows of a socket table that name a port; the others, tens of thousands on a busy machine, are not taken apart. */
function rowsWithPort(table: string, port = 0): SocketRow[] {
  const field = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  // The first line is the table's head.
  const lines = [''];
  for (let at = table.indexOf(field); at >= 0; at = table.indexOf(field, at + field.length)) {
    const end = table.indexOf('\n', at);
    lines.push(table.slice(table.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end));
  }
  return parseSocketTable(lines.join('\n'));
}

/** The user whose program is at the other end of a loopback connection; undefined whenever it cannot be known. Only Linux tells. */
async function peerUid(socket: Socket): Promise<number | undefined> {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (process.platform !== 'linux' || !localAddress || !remoteAddress) return undefined;
  if (!isLoopbackAddress(remoteAddress) || !isLoopbackAddress(localAddress)) return undefined;
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const row = rowsWithPort(text, remotePort).find(
      (r) =>
        r.localPort === remotePort &&
        r.remotePort === localPort &&
        r.localAddress === plainAddress(remoteAddress) &&
        r.remoteAddress === plainAddress(localAddress),
    );
    // A socket whose program has let go of it shows uid 0 and inode 0: that is nobody's.
    if (row) return row.inode === 0 ? undefined : row.uid;
  }
  return undefined;
}

/**
 * Whether the program at the other end of a loopback connection is this user's own, or root's: only Linux tells.
 * @returns false whenever it cannot be known.
 */
export async function isOwnPeer(socket: Socket): Promise<boolean> {
  const uid = await peerUid(socket);
  return uid !== undefined && (uid === process.getuid?.() || uid === 0);
}

/** Who is at the other end, as far as it can be told: on this machine which user, where the system says so; elsewhere which address. */
export async function peerName(socket: Socket): Promise<string> {
  const address = plainAddress(socket.remoteAddress ?? '');
  if (!isLoopbackAddress(address)) return address;
  const uid = await peerUid(socket);
  return uid === undefined ? 'this machine' : `user ${uid}`;
}
