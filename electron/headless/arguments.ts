import { parseArgs } from 'node:util';
import { ipVersion, parseHostPort, type HostPort } from '../../shared/model/address.ts';
import type { ExportTarget } from '../control/interchange/export-config.ts';
import { certCommand, certFlags, type CertCommand, type CertValues } from './cert-arguments.ts';
import { UsageError } from './usage.ts';

/** How the control API is to be reached; null: not at all. */
export interface UiOptions {
  ui: HostPort | null;
  /** `--ui` was given: then that address it must be. */
  uiGiven: boolean;
  tokenFile: string | undefined;
  metricsOpen: boolean;
}

/** `evenkeel service`, as it was asked for. */
export interface ServiceCommand {
  name: 'service';
  verb: 'install' | 'remove' | 'status';
  /** Only for install; there it is given. */
  config: string | undefined;
  /** undefined: a system service for root, else the user's. */
  scope: 'system' | 'user' | undefined;
  lowPorts: boolean;
  runAs: string | undefined;
  /** Folders it keeps things in, as they were given; undefined: its own. */
  history: string | undefined;
  authority: string | undefined;
  /** Shows what would be written, and writes nothing. */
  print: boolean;
  /** remove: what the service kept goes as well. */
  purge: boolean;
}

export type Command =
  | { name: 'help' | 'version' }
  | { name: 'check'; file: string }
  | { name: 'export'; config: string; to: ExportTarget }
  | { name: 'import'; file: string }
  | CertCommand
  | ServiceCommand
  | { name: 'lab-list' }
  | { name: 'lab-check'; source: string }
  | ({ name: 'lab-run'; source: string; report: string | undefined } & UiOptions)
  | ({ name: 'serve'; config: string; history: string | undefined; authority: string | undefined } & UiOptions)
  | ({ name: 'demo' | 'start' } & UiOptions);

const defaultUi: HostPort = { host: '127.0.0.1', port: 7070 };

/** `HOST:PORT`; port 0 is any free one, which the ready line names. */
function parseUi(text: string): HostPort {
  const anyPort = /^(.*):0+$/.exec(text);
  const parsed = parseHostPort(anyPort ? `${anyPort[1]}:1` : text);
  if (typeof parsed === 'string') throw new UsageError(`--ui ${parsed}${parsed.includes(', got ') ? '' : `, got "${text}"`}`);
  if (ipVersion(parsed.host) === 0 && parsed.host !== 'localhost') {
    throw new UsageError(`--ui must name an IP address of this machine or localhost, got "${parsed.host}"`);
  }
  return { host: parsed.host, port: anyPort ? 0 : parsed.port };
}

function oneFile(command: string, positionals: string[]): string {
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageError(`${command} needs the FILE to look at`);
  if (more.length > 0) throw new UsageError(`${command} takes one FILE, got ${positionals.length}`);
  return file;
}

const uiFlags = {
  ui: { type: 'string' },
  'no-ui': { type: 'boolean' },
  'token-file': { type: 'string' },
  'metrics-open': { type: 'boolean' },
} as const;
const common = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } } as const;
const flags = {
  serve: { ...common, ...uiFlags, config: { type: 'string', short: 'c' }, history: { type: 'string' }, authority: certFlags.authority },
  demo: { ...common, ...uiFlags },
  start: { ...common, ...uiFlags },
  check: common,
  export: { ...common, config: { type: 'string', short: 'c' }, to: { type: 'string' } },
  import: { ...common, from: { type: 'string' } },
  cert: { ...common, ...certFlags },
  service: {
    ...common,
    config: { type: 'string', short: 'c' },
    user: { type: 'boolean' },
    system: { type: 'boolean' },
    'low-ports': { type: 'boolean' },
    'run-as': { type: 'string' },
    history: { type: 'string' },
    authority: certFlags.authority,
    print: { type: 'boolean' },
    purge: { type: 'boolean' },
  },
  lab: { ...common, ui: uiFlags.ui, 'no-ui': uiFlags['no-ui'], report: { type: 'string' } },
} as const;
const targets = ['haproxy', 'nginx', 'nodebalancer-terraform'] as const satisfies readonly ExportTarget[];

interface Values extends CertValues {
  help?: boolean;
  version?: boolean;
  ui?: string;
  'no-ui'?: boolean;
  'token-file'?: string;
  'metrics-open'?: boolean;
  config?: string;
  history?: string;
  to?: string;
  from?: string;
  report?: string;
  user?: boolean;
  system?: boolean;
  'low-ports'?: boolean;
  'run-as'?: string;
  print?: boolean;
  purge?: boolean;
}

function parse(name: keyof typeof flags, args: string[]): { values: Values; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args, options: flags[name], allowPositionals: true, strict: true });
    return { values: values as Values, positionals };
  } catch (error) {
    // Node's own sentence, without its advice on how to write a program.
    throw new UsageError((error instanceof Error ? error.message : String(error)).split('. To specify')[0] ?? '');
  }
}

function uiOptions(values: Values): UiOptions {
  if (values['no-ui'] && values.ui !== undefined) throw new UsageError('--ui and --no-ui exclude each other');
  return {
    ui: values['no-ui'] ? null : values.ui === undefined ? defaultUi : parseUi(values.ui),
    uiGiven: values.ui !== undefined,
    tokenFile: values['token-file'],
    metricsOpen: values['metrics-open'] ?? false,
  };
}

/** What `evenkeel lab` is followed by. */
function labCommand(values: Values, [what, source, ...more]: string[]): Command {
  if (what !== 'list' && what !== 'check' && what !== 'run')
    throw new UsageError(`lab needs list, check or run${what === undefined ? '' : `, got "${what}"`}`);
  if (what !== 'run' && (values.report ?? values.ui ?? values['no-ui']) !== undefined)
    throw new UsageError(`lab ${what} has no --report, --ui or --no-ui; lab run has`);
  if (what === 'list') {
    if (source !== undefined) throw new UsageError(`lab list takes no further words, got "${source}"`);
    return { name: 'lab-list' };
  }
  if (source === undefined) throw new UsageError(`lab ${what} needs a scenario: a FILE, or the NAME of one that lab list names`);
  if (more.length > 0) throw new UsageError(`lab ${what} takes one scenario, got ${more.length + 1}`);
  if (what === 'check') return { name: 'lab-check', source };
  return { name: 'lab-run', source, report: values.report, ...uiOptions(values) };
}

function assertFolders({ history, authority }: Values): void {
  if (history === '') throw new UsageError('--history needs a folder');
  if (authority === '') throw new UsageError('--authority needs a folder');
}

/** What `evenkeel service` is followed by. */
function serviceCommand(values: Values, [verb, ...more]: string[]): ServiceCommand {
  if (verb !== 'install' && verb !== 'remove' && verb !== 'status')
    throw new UsageError(`service needs install, remove or status${verb === undefined ? '' : `, got "${verb}"`}`);
  if (more.length > 0) throw new UsageError(`service ${verb} takes no further words, got "${more[0]}"`);
  if (values.user && values.system) throw new UsageError('--user and --system exclude each other');
  const lowPorts = values['low-ports'] ?? false;
  const print = values.print ?? false;
  const purge = values.purge ?? false;
  const runAs = values['run-as'];
  if (verb === 'install') {
    if (values.config === undefined) throw new UsageError('service install needs --config FILE');
  } else if ((values.config ?? values.history ?? values.authority ?? runAs) !== undefined || lowPorts || print)
    throw new UsageError(`service ${verb} has no --config, --history, --authority, --low-ports, --run-as or --print; service install has`);
  if (purge && verb !== 'remove') throw new UsageError(`service ${verb} has no --purge; service remove has`);
  if (runAs !== undefined && !/^[A-Za-z_][A-Za-z0-9_-]{0,30}$|^[0-9]{1,10}$/.test(runAs))
    throw new UsageError(`--run-as must be a user's name or number, got "${runAs}"`);
  const scope = values.user ? 'user' : values.system ? 'system' : undefined;
  assertFolders(values);
  return {
    name: 'service',
    verb,
    config: values.config,
    scope,
    lowPorts,
    runAs,
    history: values.history,
    authority: values.authority,
    print,
    purge,
  };
}

/** @throws UsageError */
export function parseCommand(argv: readonly string[]): Command {
  const [name, ...rest] = argv;
  if (name === '--help' || name === '-h' || name === 'help') return { name: 'help' };
  if (name === '--version' || name === '-v') return { name: 'version' };
  if (name === undefined) throw new UsageError('a command is missing');
  if (!Object.hasOwn(flags, name)) throw new UsageError(`there is no command "${name}"`);
  const command = name as keyof typeof flags;
  const { values, positionals } = parse(command, rest);
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  if (command === 'check') return { name: 'check', file: oneFile('check', positionals) };
  if (command === 'import') {
    if (values.from !== 'haproxy')
      throw new UsageError(`import needs --from haproxy${values.from === undefined ? '' : `, got "${values.from}"`}`);
    return { name: 'import', file: oneFile('import', positionals) };
  }
  if (command === 'lab') return labCommand(values, positionals);
  if (command === 'cert') return certCommand(values, positionals);
  if (command === 'service') return serviceCommand(values, positionals);
  if (positionals.length > 0) throw new UsageError(`${command} takes no further words, got "${positionals[0]}"`);
  if (command === 'export') {
    const to = targets.find((target) => target === values.to);
    if (values.config === undefined) throw new UsageError('export needs --config FILE');
    if (to === undefined)
      throw new UsageError(`export needs --to ${targets.join('|')}${values.to === undefined ? '' : `, got "${values.to}"`}`);
    return { name: 'export', config: values.config, to };
  }
  if (command !== 'serve') return { name: command, ...uiOptions(values) };
  if (values.config === undefined) throw new UsageError('serve needs --config FILE');
  assertFolders(values);
  return { name: 'serve', config: values.config, history: values.history, authority: values.authority, ...uiOptions(values) };
}
