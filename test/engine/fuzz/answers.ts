import { RawClient } from '../../support/raw-client.ts';
import { okAnswer } from '../../support/recorder-node.ts';
import { MalformedMessage, readAnswer, readAnswers, show, type Fields, type StrictAnswer } from '../../support/strict-http.ts';
import { sleep, turns } from '../../support/wait.ts';
import type { Lane } from '../http-rules/lanes.ts';
import { answers as seeds, headSpice, withSpace } from './heads.ts';
import { cutAnywhere, perhapsMutated, type Case } from './run.ts';

const spice = [
  ...headSpice,
  '5\r\nhello\r\n',
  '0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad',
  'HTTP/1.1 100 Continue\r\n\r\n',
  '204',
  '304',
  '101',
];

/** Fields about the hop, or ours to set: what a node says in them does not bind what the client is told. */
const ours = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'proxy-connection', 'upgrade', 'trailer', 'te']);

const lines = (fields: Fields): Set<string> =>
  new Set(fields.filter(([n]) => !ours.has(n.toLowerCase())).map(([n, v]) => `${n.toLowerCase()}: ${v}`));

/** What a strict reader finds; undefined where the bytes are not answers. */
function meant(bytes: Buffer, method: string, ended: boolean): StrictAnswer | undefined {
  try {
    const text = withSpace(bytes.toString('latin1'));
    // Codings other than chunked end with the connection, which the strict reader does not know.
    const plain = text.replace(/\r\ntransfer-encoding:[ \t]*(?:x-)?(?:gzip|deflate|compress)[ \t]*(?=\r\n)/gi, '');
    const sent = Buffer.from(plain, 'latin1');
    for (let at = 0; ;) {
      const answer = readAnswer(sent, method, ended, at);
      // What comes behind the final answer is surplus, whatever it is.
      if (!answer || answer.status >= 200 || answer.status === 101) return answer;
      at += answer.length;
    }
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

/**
 * A node answers with mutated bytes. Whatever they are: the client gets answers that read as answers; a whole one says what a
 * strict reader finds in the node's bytes, or it is ours (502); and what could be taken for whole never is what was malformed.
 */
export async function checkMutatedAnswer(lane: Lane, { pick }: Case): Promise<string | undefined> {
  const { node } = lane;
  const bytes = Buffer.from(perhapsMutated(seeds[pick(seeds.length)]!, seeds, spice, pick), 'latin1');
  const parts = cutAnywhere(bytes, pick);
  const then = pick(3) === 0 ? 'keep' : 'end';
  const method = pick(5) === 0 ? 'HEAD' : 'GET';
  node.clear();
  let asked = 0;
  node.handlers = {
    // The node's connection is not reused after a broken answer; a second request would be one sent again.
    onRequest: () => (asked++ === 0 ? { parts, then } : okAnswer),
  };
  const client = await RawClient.open(lane.port);
  let problem = '';
  try {
    client.write(`${method} / HTTP/1.1\r\nHost: test.example\r\n\r\n`);
    await turns(12);
    if (client.fate === 'open') await sleep(5);
    const { answers: got, rest } = readAnswers(client.received, [method], client.fate === 'ended');
    const final = got.find((a) => a.status >= 200);
    const expected = meant(bytes, method, then === 'end');
    const own = final?.status === 502 || asked > 1;
    if (got.filter((a) => a.status >= 200).length > 1) problem = 'the client got two answers';
    else if (final && rest.length > 0) problem = `bytes after the answer: ${show(rest, 100)}`;
    else if (final && !own) {
      if (!expected) problem = `${final.status} passed on, but a strict reader finds no whole answer`;
      else if (expected.status !== final.status) problem = `${final.status} passed on, a strict reader finds ${expected.status}`;
      else if (!expected.body.equals(final.body) && method !== 'HEAD')
        problem = `body ${show(final.body, 80)} passed on, a strict reader finds ${show(expected.body, 80)}`;
      else {
        const there = lines(expected.fields);
        const added = [...lines(final.fields)].find((line) => !there.has(line));
        if (added !== undefined) problem = `a field that the node did not send: ${show(added, 80)}`;
        else if (final.extensions) problem = 'chunk extensions passed on';
      }
    }
  } catch (error) {
    problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  const received = client.received;
  const { fate } = client;
  client.reset();
  await turns(2);
  node.handlers = { onRequest: () => okAnswer };
  if (problem === '') return undefined;
  return [
    `${problem} (${method}, then ${then})`,
    `    node sent:  ${parts.map((part) => show(part, 500)).join(' | ')}`,
    `    client got: ${show(received, 400)}, then ${fate}`,
  ].join('\n');
}
