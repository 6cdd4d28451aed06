import type { Socket } from 'node:net';

const blockSize = 65_536;

/**
 * Writes lent bytes to a socket. The kernel nearly always takes them at once, so the copy they need goes into one block that
 * is used over and over; only when it did not (`writableLength` says so) the block is left to the socket and another begins.
 */
let block = Buffer.allocUnsafeSlow(blockSize);

/**
 * Copies `data` and writes it.
 * @param queues the socket never takes bytes at once (TLS), so the copy is its own to keep.
 * @returns false when the socket wants no more for now.
 */
export function writeLent(socket: Socket, data: Buffer, queues: boolean): boolean {
  const { length } = data;
  if (queues || length > blockSize || socket.writableLength > 0) return socket.write(Buffer.from(data));
  data.copy(block, 0, 0, length);
  const more = socket.write(block.subarray(0, length));
  if (socket.writableLength > 0) block = Buffer.allocUnsafeSlow(blockSize);
  return more;
}
