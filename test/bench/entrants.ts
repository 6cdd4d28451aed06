import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Certificate } from './certificate.ts';
import type { Contestant } from './contestant.ts';
import type { Pin } from './pin.ts';
import { freePort, type Program } from './program.ts';
import { prove } from './prove.ts';
import type { Row } from './rows.ts';

/** What contestants of a row are started with. */
export interface Stage {
  contestants: readonly Contestant[];
  origins: readonly number[];
  certificate: Certificate;
  /** Folder for everybody's files. */
  dir: string;
  pin: Pin;
  /** Says who takes no part, and why. */
  say(line: string): void;
}

/** A contestant that runs and has proved that it answers rightly. */
export interface Entrant {
  name: string;
  version: string;
  program: Program;
  port: number;
  /** One for each client, where the row is sticky. */
  cookies: string[];
}

let folders = 0;

/** Starts one contestant for a row. @returns undefined when it cannot take part; `say` has been told why. */
export async function enter(
  contestant: Contestant,
  row: Row,
  { origins, certificate, dir, pin, say }: Stage,
): Promise<Entrant | undefined> {
  const { name } = contestant;
  const version = contestant.version();
  const reason = version === undefined ? contestant.missing : contestant.unable(row);
  if (version === undefined || reason !== undefined) {
    say(`SKIPPED ${name}: ${reason}`);
    return undefined;
  }
  const own = path.join(dir, `${++folders}-${name.replace(/\W/g, '_')}`);
  mkdirSync(own);
  const port = await freePort();
  let program: Program | undefined;
  try {
    program = await contestant.start({ row, port, origins, certificate, dir: own, pin });
    return { name, version, program, port, cookies: await prove(port, row) };
  } catch (error) {
    say(`SKIPPED ${name}: ${error instanceof Error ? error.message : String(error)}`);
    await program?.stop();
    return undefined;
  }
}

/** Starts all of them, so that they take turns on the same machine at the same time. */
export async function enterAll(row: Row, stage: Stage): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  for (const contestant of stage.contestants) {
    const entrant = await enter(contestant, row, stage);
    if (entrant) entrants.push(entrant);
  }
  return entrants;
}
