import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** What is read is larger than whoever reads it takes. */
export class TooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`it is larger than ${maxBytes} bytes`);
    this.name = 'TooLargeError';
  }
}

export interface ReadOptions {
  /** Pipes too, as a shell's `<(…)` makes them; whoever writes into one may take his time. Default: ordinary files only, without waiting. */
  pipes?: boolean;
}

/**
 * Reads a file of at most `maxBytes`, whatever its size is said to be: devices and pipes have none.
 * @throws TooLargeError, or an Error with the file system's code.
 */
export async function readBounded(path: string, maxBytes: number, { pipes = false }: ReadOptions = {}): Promise<Buffer> {
  // Opening a pipe waits for its other end, on one of the few threads that all files share; Windows knows neither.
  const handle = await open(path, constants.O_RDONLY | (pipes ? 0 : (constants.O_NONBLOCK ?? 0)));
  try {
    const facts = await handle.stat();
    if (facts.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    if (!pipes && !facts.isFile()) throw Object.assign(new Error('it is no ordinary file'), { code: 'ENOTSUP' });
    if (facts.size > maxBytes) throw new TooLargeError(maxBytes);
    const chunks: Buffer[] = [];
    for (let size = 0; ;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(65_536, maxBytes + 1 - size)));
      if (bytesRead === 0) return Buffer.concat(chunks);
      size += bytesRead;
      if (size > maxBytes) throw new TooLargeError(maxBytes);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
