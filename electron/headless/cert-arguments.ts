import { leafDays } from '../../shared/model/authority.ts';
import { UsageError } from './usage.ts';

interface Common {
  /** Where the authority is kept; undefined: this user's own. */
  authority: string | undefined;
  json: boolean;
}

export type CertCommand = Common &
  (
    | { name: 'cert-authority'; show: boolean; renew: boolean }
    | { name: 'cert-issue'; names: string[]; out: string | undefined; days: number }
    | { name: 'cert-replace'; yes: boolean }
    | { name: 'cert-trust' | 'cert-untrust'; print: boolean }
    | { name: 'cert-status' }
  );

export const certFlags = {
  authority: { type: 'string' },
  json: { type: 'boolean' },
  show: { type: 'boolean' },
  renew: { type: 'boolean' },
  out: { type: 'string' },
  days: { type: 'string' },
  print: { type: 'boolean' },
  yes: { type: 'boolean' },
} as const;

export interface CertValues {
  authority?: string;
  json?: boolean;
  show?: boolean;
  renew?: boolean;
  out?: string;
  days?: string;
  print?: boolean;
  yes?: boolean;
}

const whats = ['authority', 'replace', 'issue', 'trust', 'untrust', 'status'] as const;
/** What each may be followed by, beside --authority. */
const flagsOf: Record<(typeof whats)[number], readonly (keyof CertValues)[]> = {
  authority: ['show', 'renew', 'json'],
  replace: ['yes', 'json'],
  issue: ['out', 'days', 'json'],
  trust: ['print'],
  untrust: ['print'],
  status: ['json'],
};

function daysFrom(text: string | undefined): number {
  if (text === undefined) return leafDays;
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > leafDays) throw new UsageError(`--days must be 1–${leafDays}, got "${text}"`);
  return days;
}

/** What `evenkeel cert` is followed by. @throws UsageError */
export function certCommand(values: CertValues, [given, ...words]: string[]): CertCommand {
  const what = whats.find((one) => one === given);
  if (what === undefined) throw new UsageError(`cert needs ${whats.join(', ')}${given === undefined ? '' : `, got "${given}"`}`);
  for (const flag of Object.keys(certFlags) as (keyof CertValues)[])
    if (values[flag] !== undefined && flag !== 'authority' && !flagsOf[what].includes(flag))
      throw new UsageError(`cert ${what} has no --${flag}`);
  if (values.authority === '') throw new UsageError('--authority needs a folder');
  if (values.out === '') throw new UsageError('--out needs a folder');
  const common: Common = { authority: values.authority, json: values.json ?? false };
  if (what === 'issue') {
    if (words.length === 0) throw new UsageError('cert issue needs a NAME to sign for, such as app.localhost');
    if (words.length > 100) throw new UsageError(`cert issue takes 100 names at most, got ${words.length}`);
    return { ...common, name: 'cert-issue', names: words, out: values.out, days: daysFrom(values.days) };
  }
  if (words.length > 0) throw new UsageError(`cert ${what} takes no further words, got "${words[0]}"`);
  if (what === 'status') return { ...common, name: 'cert-status' };
  if (what === 'replace') return { ...common, name: 'cert-replace', yes: values.yes ?? false };
  if (what !== 'authority') return { ...common, name: `cert-${what}`, print: values.print ?? false };
  if (values.show && values.renew) throw new UsageError('--show and --renew exclude each other');
  return { ...common, name: 'cert-authority', show: values.show ?? false, renew: values.renew ?? false };
}
