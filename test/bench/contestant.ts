import type { Certificate } from './certificate.ts';
import type { Pin } from './pin.ts';
import type { Program } from './program.ts';
import type { Row } from './rows.ts';

/** Where a contestant listens and what is behind it. */
export interface Setup {
  row: Row;
  /** Loopback port to listen on. */
  port: number;
  /** Loopback ports of the origin's nodes. */
  origins: readonly number[];
  /** For https rows. */
  certificate: Certificate;
  /** A folder of its own for files; removed afterwards. */
  dir: string;
  /** Puts a program on the core that is measured. */
  pin: Pin;
}

/** A proxy that is measured. */
export interface Contestant {
  name: string;
  /** Its version, or undefined when it is not here. */
  version(): string | undefined;
  /** What to say then. */
  missing: string;
  /** Why it takes no part in a row, or undefined when it does. */
  unable(row: Row): string | undefined;
  /** Resolves once it listens. */
  start(setup: Setup): Promise<Program>;
}
