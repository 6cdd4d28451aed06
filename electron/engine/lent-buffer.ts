/**
 * Hears what a connection reads. `data` is only lent: it is overwritten by the next read of any connection of the thread, so
 * what is to be kept must be copied before returning, and what is to be written goes through `writeLent`.
 */
export type LentReader = (data: Buffer) => void;

/**
 * Every plain connection of the thread, to a client or to a node, reads into this one buffer: a read is through with it before
 * the next begins. A fresh 64 KiB for each read, as streams do it, was a third of the time a request took, and at 10 MB bodies
 * most of the garbage.
 */
export const lentBuffer = Buffer.allocUnsafeSlow(65_536);
