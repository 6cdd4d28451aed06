import { RawClient } from '../../support/raw-client.ts';
import { MalformedMessage, readAnswers, readRequest, show } from '../../support/strict-http.ts';
import { sleep, turns } from '../../support/wait.ts';
import { requestCases } from './corpus.ts';
import type { Lane } from './lanes.ts';

/** Bytes and words that mean something to one parser or another. */
const spice = [
  ...['\r', '\n', '\r\n', ' ', '\t', '\0', ':', ',', ';', '0', '1', '5', 'a', '\x0b', '\x80', '\xa0', '\xff', '/', '*', '@', '[', '%'],
  ...[
    'Content-Length: 5\r\n',
    'Transfer-Encoding: chunked\r\n',
    'chunked',
    'Content-Length',
    'Connection: close\r\n',
    'Host: b\r\n',
    '\r\n\r\n',
  ],
  ...[
    '5\r\nhello\r\n',
    '0\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: c\r\n\r\n',
    'HTTP/1.0',
    'Upgrade: x\r\n',
    'Expect: 100-continue\r\n',
    'identity',
  ],
];

const texts = (cases: typeof requestCases) => cases.filter((c) => c.bytes.length < 400).map((c) => c.bytes.toString('latin1'));
const seeds = texts(requestCases);
/** Most begin as a message that passes: of those that are refused anyway little can be learnt. */
const goodSeeds = texts(requestCases.filter((c) => c.expect.kind === 'forwarded'));

/** A message of the corpus with one to three changes: something put in, taken out, doubled, or spliced with another message. */
export function mutate(random: () => number): Buffer {
  const pick = (n: number) => Math.floor(random() * n);
  let text = pick(10) > 0 ? goodSeeds[pick(goodSeeds.length)]! : seeds[pick(seeds.length)]!;
  for (let i = 1 + pick(2) * pick(3); i > 0; i--) {
    const at = pick(text.length + 1);
    const to = Math.min(text.length, at + 1 + pick(6));
    const how = pick(5);
    if (how === 0) text = text.slice(0, at) + spice[pick(spice.length)]! + text.slice(at);
    else if (how === 1) text = text.slice(0, at) + text.slice(to);
    else if (how === 2) text = text.slice(0, to) + text.slice(at);
    else if (how === 3) text = text.slice(0, at) + spice[pick(spice.length)]! + text.slice(to);
    else {
      const other = seeds[pick(seeds.length)]!;
      text = text.slice(0, at) + other.slice(pick(other.length));
    }
  }
  return Buffer.from(text, 'latin1');
}

interface Meant {
  method: string;
  body: string;
}

/** The messages a strict reader finds, up to the first that is malformed or not whole. */
function meant(bytes: Buffer): { messages: Meant[]; trailerDoubt: boolean } {
  const messages: Meant[] = [];
  let at = 0;
  try {
    while (at < bytes.length) {
      for (let i = 0; i < 2 && bytes.subarray(at, at + 2).toString('latin1') === '\r\n'; i++) at += 2;
      const request = readRequest(bytes, at, true);
      if (!request) break;
      messages.push({ method: request.method, body: request.body.toString('latin1') });
      at += request.length;
    }
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    // Malformed trailers may be dropped instead of refused; then what follows is read on.
    if (/\r\n0+(;[^\r\n]*)?\r\n[^\r]/.test(bytes.toString('latin1', at)) || bytes.toString('latin1', at).includes('\r\n\r\n0'))
      return { messages, trailerDoubt: true };
  }
  return { messages, trailerDoubt: false };
}

/**
 * Sends a mutated message and holds the engine to what must be true whatever it is: the node reads every byte it gets as whole
 * canonical messages (or a cut one on a closed connection), they are the ones a strict reader finds in the input, in that order,
 * and the client gets answers that read as answers.
 */
export async function checkMutation(lane: Lane, bytes: Buffer, cutAt: number): Promise<string | undefined> {
  lane.node.clear();
  const client = await RawClient.open(lane.port);
  let problem = '';
  try {
    await client.writeParts([bytes.subarray(0, cutAt), bytes.subarray(cutAt)].filter((b) => b.length > 0));
    await turns(10);
    if (client.fate === 'open') await sleep(5);
    const got = lane.node.requests.map((r) => ({ method: r.method, body: r.body.toString('latin1') }));
    const malformed = lane.node.connections.find((c) => c.malformed);
    const { messages, trailerDoubt } = meant(bytes);
    if (malformed) problem = `the node cannot read what it got: ${malformed.malformed!.message}`;
    else if (!trailerDoubt && got.length > messages.length)
      problem = `the node got ${got.length} messages, a strict reader finds ${messages.length}`;
    else if (got.some((m, i) => messages[i] && (m.method !== messages[i].method || m.body !== messages[i].body)))
      problem = 'the node got another message than a strict reader finds';
    else if (lane.node.requests.some((r) => r.extensions)) problem = 'chunk extensions were forwarded';
    const { answers, rest } = readAnswers(client.received, [...got.map((m) => m.method), 'GET'], client.fate === 'ended');
    if (problem === '' && rest.length > 0 && client.fate !== 'open') problem = 'the client got half an answer';
    const good = answers.filter((a) => a.status === 200).length;
    if (problem === '' && good > lane.node.requests.length) problem = `${good} answers to ${lane.node.requests.length} messages`;
  } catch (error) {
    problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  const received = client.received;
  client.reset();
  await turns(2);
  if (problem === '') return undefined;
  return [
    `${problem}, cut at ${cutAt}`,
    `    sent:       ${show(bytes, 600)}`,
    `    client got: ${show(received, 300)}`,
    `    node got:   ${lane.node.connections.map((c) => show(c.bytes, 500)).join('  |  ')}`,
  ].join('\n');
}
