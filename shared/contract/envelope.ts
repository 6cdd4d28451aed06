import { z } from 'zod';

/** Stable error codes. The message is for people (fact, cause, action), the code for programs. */
export const errorCodes = [
  'BACKUP_NOT_FOUND',
  'BAD_REQUEST',
  'CONFIG_INVALID',
  'CONFIG_SAVE_FAILED',
  'CONFLICT',
  'ENGINE_UNAVAILABLE',
  'FORBIDDEN',
  'INTERNAL',
  'LAB_NOT_RUNNING',
  'LAST_NODE',
  'LISTENER_BIND_FAILED',
  'NODE_NOT_FOUND',
  'CLIENT_NOT_FOUND',
  'POOL_NOT_FOUND',
  'RUN_NOT_FOUND',
  'RUN_SAVE_FAILED',
  'TOO_LARGE',
  'UNAUTHORIZED',
  'UNKNOWN_CHANNEL',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export const contractErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type ContractErrorBody = z.output<typeof contractErrorSchema>;

export type Envelope<T = unknown> = { ok: true; value: T } | { ok: false; error: ContractErrorBody };

/** A failure that may be shown to whoever asked. Anything else thrown becomes INTERNAL, with the detail only in the log. */
export class ContractError extends Error {
  readonly code: ErrorCode;
  readonly issues: ContractErrorBody['issues'];

  constructor(code: ErrorCode, message: string, issues?: ContractErrorBody['issues']) {
    super(message);
    this.name = 'ContractError';
    this.code = code;
    this.issues = issues;
  }

  toBody(): ContractErrorBody {
    return { code: this.code, message: this.message, ...(this.issues ? { issues: this.issues } : {}) };
  }
}
