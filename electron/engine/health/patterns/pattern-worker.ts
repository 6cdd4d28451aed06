import { parentPort } from 'node:worker_threads';

/** What the thread answers: once that it can begin, then whether each pattern matched. */
export type MatchAnswer = 'ready' | boolean;

/** One match at a time, for pattern-matcher.ts, which ends this thread when a match takes too long. */
export interface Match {
  pattern: string;
  body: string;
}

const port = parentPort;
if (!port) throw new Error('The pattern worker runs only as a worker thread; use matchPattern.');

const answer = (message: MatchAnswer): void => {
  port.postMessage(message);
};
port.on('message', ({ pattern, body }: Match) => {
  answer(new RegExp(pattern).test(body));
});
answer('ready');
