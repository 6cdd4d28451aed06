import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ContractError } from '../../shared/contract/envelope.ts';
import { StoreError } from '../store/store.ts';
import { parseCommand } from './arguments.ts';
import type { Log } from '../control/log.ts';
import { BindError } from './bind-error.ts';
import { cert } from './cert.ts';
import { check } from './check.ts';
import { exportFile, importFile, type Streams } from './interchange.ts';
import { createJsonLog } from './json-log.ts';
import { checkScenario, listScenarios, runScenario } from './lab.ts';
import { demo, serve, start } from './run.ts';
import { service } from './service/service.ts';
import { thisMachine } from './service/machine.ts';
import { usage, UsageError } from './usage.ts';
import { version } from './version.ts';

/** 0 well, 1 invalid input, 2 wrong usage, 3 could not bind, 4 internal. */
function exitCode(error: unknown): number {
  if (error instanceof UsageError) return 2;
  if (error instanceof BindError) return 3;
  if (error instanceof StoreError) return 1;
  if (!(error instanceof ContractError)) return 4;
  if (error.code === 'LISTENER_BIND_FAILED' || error.code === 'CONFLICT') return 3;
  return error.code === 'CONFIG_INVALID' ? 1 : 4;
}

/** A log among lines a person reads: problems only, in plain words. */
function forPeople(say: (line: string) => void): Log {
  return (level, message, fields) => {
    if (level === 'info') return;
    const detail = fields?.['detail'];
    say(typeof detail === 'string' ? `${message} ${detail}` : message);
  };
}

/**
 * The `evenkeel` command.
 * @param argv What follows the program's name.
 * @returns the exit code, once everything has ended.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const streams: Streams = {
    out: (text) => {
      process.stdout.write(text);
    },
    err: (line) => {
      process.stderr.write(`${line}\n`);
    },
  };
  const log = createJsonLog((line) => process.stderr.write(line));
  try {
    const command = parseCommand(argv);
    switch (command.name) {
      case 'help':
        process.stdout.write(usage);
        return 0;
      case 'version':
        print(version);
        return 0;
      case 'check':
        return await check(command.file, print);
      case 'export':
        return await exportFile(command.config, command.to, streams);
      case 'import':
        return await importFile(command.file, streams);
      case 'service':
        return await service(command, thisMachine(streams));
      case 'cert-authority':
      case 'cert-replace':
      case 'cert-issue':
      case 'cert-trust':
      case 'cert-untrust':
      case 'cert-status':
        return await cert(command, streams);
      case 'lab-list':
        return listScenarios(print);
      case 'lab-check':
        return await checkScenario(command.source, print);
      case 'lab-run':
        return await runScenario({ ...command, print, say: streams.err, log: forPeople(streams.err) });
      case 'serve':
        return await serve({ ...command, print, log });
      case 'demo':
        return await demo({ ...command, print, log });
      case 'start':
        return await start({ ...command, print, log });
    }
  } catch (error) {
    const code = exitCode(error);
    if (code === 2) process.stderr.write(`evenkeel: ${(error as Error).message}\n\n${usage}`);
    else if (code === 4)
      log('error', 'Evenkeel failed for a reason of its own.', { detail: error instanceof Error ? error.stack : String(error) });
    else {
      const issues = error instanceof ContractError ? error.issues : undefined;
      log('error', (error as Error).message, issues ? { issues } : {});
    }
    return code;
  }
}

function isProgram(): boolean {
  try {
    return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
  } catch {
    return false;
  }
}

if (isProgram()) process.exitCode = await main(process.argv.slice(2));
