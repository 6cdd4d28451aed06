/** The file system's or the network's code of an error, as ENOENT; empty for an error without one. */
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? '';
