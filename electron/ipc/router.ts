import type { z } from 'zod';
import { requestChannels, type RequestChannel } from '../../shared/contract/channels.ts';
import { requests, type Handlers } from '../../shared/contract/contract.ts';
import { ContractError, type Envelope } from '../../shared/contract/envelope.ts';
import { issueWords } from '../../shared/model/issue-words.ts';
import { issuesFrom } from '../../shared/model/validate.ts';
import type { Log } from '../control/log.ts';
import { failure, success } from './envelope.ts';
import { authorise, type Sender } from './sender.ts';

export interface RouterOptions {
  handlers: Handlers;
  log: Log;
  /** Validate what handlers answer, too: for tests and development. Default false. */
  validateResults?: boolean;
}

/** One way in for every transport: authorise the sender, validate the params, handle, wrap. Never rejects. */
export type Router = (sender: Sender, channel: string, params: unknown) => Promise<Envelope>;

function isChannel(name: string): name is RequestChannel {
  return (requestChannels as readonly string[]).includes(name);
}

/** More mistakes than these are not told one by one: an answer repeats what was wrong, not what was sent. */
const maxIssues = 50;

function parseParams(channel: RequestChannel, params: unknown): unknown {
  const schema = requests[channel].params;
  const parsed = schema.safeParse(params, { reportInput: true, error: issueWords });
  if (parsed.success) return parsed.data;
  const issues = issuesFrom(schema, params, parsed.error.issues).slice(0, maxIssues);
  const first = issues[0];
  throw new ContractError(
    'BAD_REQUEST',
    `The params of "${channel}" are not valid: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? ''}`,
    issues,
  );
}

function checkResult(channel: RequestChannel, value: unknown): void {
  const schema: z.ZodType = requests[channel].result;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`The answer of "${channel}" breaks the contract: ${parsed.error.message}`);
}

export function createRouter(options: RouterOptions): Router {
  const { handlers, log } = options;
  return async (sender, channel, params) => {
    try {
      authorise(sender);
      if (!isChannel(channel)) throw new ContractError('UNKNOWN_CHANNEL', `There is no channel "${channel.slice(0, 100)}".`);
      const parsed = parseParams(channel, params);
      const value: unknown = await (handlers[channel] as (params: unknown) => unknown)(parsed);
      if (options.validateResults) checkResult(channel, value);
      return success(value);
    } catch (error) {
      return failure(error, channel, log);
    }
  };
}
