import { expect, it } from 'vitest';
import { describeSocketError } from '../../../../electron/engine/upstream/socket-error.ts';

const coded = (code: string, message = '') => Object.assign(new Error(message), { code });

it.each([
  [coded('ECONNREFUSED'), 'connection refused'],
  [new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]), 'connection refused'],
  [coded('E_NEW', 'something new'), 'something new'],
  [coded('E_NEW'), 'E_NEW'],
  [new Error(''), 'connection failed'],
  ['text', 'text'],
])('%o reads "%s"', (error, words) => {
  expect(describeSocketError(error)).toBe(words);
});
