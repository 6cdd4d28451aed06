import type { IncomingMessage } from 'node:http';
import { ContractError } from '../../shared/contract/envelope.ts';
import { JsonError, parseJson } from '../../shared/model/json-text.ts';

/** 1 MiB. */
const maxBodyBytes = 1024 * 1024;

/**
 * A request's body as text.
 * @param maxBytes default 1 MiB.
 * @throws ContractError TOO_LARGE above that, BAD_REQUEST when it is not UTF-8 or breaks off.
 */
export function readBody(request: IncomingMessage, maxBytes = maxBodyBytes): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // What is left of a body that is too large is read and dropped (the server's own time limit ends it): closing on
    // a sender that still sends would keep the answer from him.
    const refuse = (): void => {
      request.off('data', onData).off('end', onEnd).resume();
      reject(new ContractError('TOO_LARGE', `The body is larger than ${maxBytes / 1024} KiB.`));
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) refuse();
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      try {
        resolve(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
      } catch {
        reject(new ContractError('BAD_REQUEST', 'The body is not UTF-8 text.'));
      }
    };
    request.once('error', () => {
      reject(new ContractError('BAD_REQUEST', 'The body broke off.'));
    });
    // Gone before anybody read: neither an end nor an error will come.
    if (request.destroyed) reject(new ContractError('BAD_REQUEST', 'The body broke off.'));
    else if (Number(request.headers['content-length'] ?? 0) > maxBytes) refuse();
    else request.on('data', onData).on('end', onEnd);
  });
}

/** @throws ContractError BAD_REQUEST. An empty body stands for `{}`. */
export function parseBody(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new ContractError('BAD_REQUEST', `The body is not JSON: line ${error.line}, column ${error.column}: ${error.message}.`);
  }
}
