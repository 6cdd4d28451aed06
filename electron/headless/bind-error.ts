import { formatHostPort, type HostPort } from '../../shared/model/address.ts';
import { findPortHolder, holderName } from '../control/port-holder.ts';

/** An address could not be bound: exit code 3. */
export class BindError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BindError';
  }
}

const causes: Record<string, string> = {
  EADDRINUSE: 'the port is in use.',
  EACCES: 'permission was denied; ports below 1024 need it.',
  EADDRNOTAVAIL: 'this machine has no such address.',
  ENOTFOUND: 'this machine has no such address.',
};

/** Why the control API could not be bound, with the program that holds its port where that can be known. */
export async function uiBindError(error: unknown, { host, port }: HostPort): Promise<Error> {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const cause = causes[code ?? ''];
  if (cause === undefined) return error instanceof Error ? error : new Error(String(error));
  const holder = code === 'EADDRINUSE' ? await findPortHolder(host, port) : undefined;
  return new BindError(
    `The control API cannot listen on ${formatHostPort(host, port)}: ${holder ? `the port is in use by ${holderName(holder)}.` : cause} Give it another address with --ui HOST:PORT, or none with --no-ui.`,
  );
}
