import { RawClient } from '../../support/raw-client.ts';
import { readAnswers, show, values, type Fields, type StrictAnswer, type StrictRequest } from '../../support/strict-http.ts';
import { eventually } from '../../support/wait.ts';
import type { Expectation, RequestCase } from './corpus.ts';
import type { Lane } from './lanes.ts';
import type { Split } from './splits.ts';

/** How long an outcome may take. Far below the head timeout: a 408 instead of the answer asked for is too late. */
const patienceMs = 6000;

const hopByHop = ['keep-alive', 'proxy-connection', 'te', 'upgrade', 'connection'];
/** Fields the balancer writes itself or may write anew. */
const ours = ['host', 'content-length', 'transfer-encoding', 'forwarded', 'trailer', 'http2-settings', 'expect'];

/** The fields of a well-formed message as its sender meant them, those of one hop left out. */
function endToEnd(message: string): Fields {
  const text = message.replace(/^(\r\n)+/, '');
  const lines = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n').slice(1);
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
  });
  const named = fields.filter(([n]) => n === 'connection').flatMap(([, v]) => v.split(',').map((t) => t.trim().toLowerCase()));
  return fields.filter(([n]) => !hopByHop.includes(n) && !ours.includes(n) && !named.includes(n) && !n.startsWith('x-forwarded-'));
}

/** @returns what is wrong with a message a node got; empty: nothing. */
function notCanonical(request: StrictRequest, lane: Lane): string {
  if (request.version !== 'HTTP/1.1') return `forwarded as ${request.version}`;
  if (request.extensions) return 'chunk extensions were forwarded';
  for (const name of ['keep-alive', 'proxy-connection']) if (values(request.fields, name).length > 0) return `${name} was forwarded`;
  if (values(request.fields, 'te').some((v) => v.toLowerCase() !== 'trailers')) return 'TE other than trailers was forwarded';
  const connection = values(request.fields, 'connection').join(',').toLowerCase();
  if (!['', 'close', 'keep-alive', 'te'].includes(connection) && values(request.fields, 'upgrade').length === 0)
    return `Connection: ${connection} was forwarded`;
  const last = values(request.fields, 'x-forwarded-for').join(',').split(',').at(-1)!.trim();
  if (last !== '127.0.0.1') return `the last X-Forwarded-For is "${last}"`;
  const said = (name: string) => values(request.fields, name).join(' | ');
  if (said('x-forwarded-proto') !== 'http') return `X-Forwarded-Proto is "${said('x-forwarded-proto')}"`;
  if (said('x-forwarded-port') !== String(lane.port)) return `X-Forwarded-Port is "${said('x-forwarded-port')}", not ${lane.port}`;
  if (values(request.fields, 'x-forwarded-host').length > 1) return 'X-Forwarded-Host is there twice';
  return '';
}

function notAsMeant(request: StrictRequest, sent: Buffer, expect: Extract<Expectation, { kind: 'forwarded' }>): string {
  if (expect.method !== undefined && request.method !== expect.method) return `method is ${request.method}`;
  if (expect.target !== undefined && request.target !== expect.target) return `target is ${request.target}`;
  if (expect.host !== undefined && values(request.fields, 'host')[0] !== expect.host) return `Host is ${values(request.fields, 'host')[0]}`;
  if (expect.body !== undefined && request.body.toString('latin1') !== expect.body) return `body is ${show(request.body, 100)}`;
  for (const [where, wanted] of [
    ['fields', expect.fields],
    ['trailers', expect.trailers],
  ] as const) {
    for (const [name, list] of Object.entries(wanted ?? {})) {
      const got = values(request[where], name);
      // A list may stand in one line or in several (RFC 9110 section 5.2).
      if (got.join(', ') !== list.join(', ')) return `${where} ${name}: ${show(JSON.stringify(got))}, not ${show(JSON.stringify(list))}`;
    }
  }
  const meant = endToEnd(sent.toString('latin1'));
  for (const name of new Set(meant.map(([n]) => n))) {
    const a = values(meant, name).join('\0');
    const b = values(request.fields, name).join('\0');
    if (a !== b) return `${name} was "${show(a, 60)}" and became "${show(b, 60)}"`;
  }
  return '';
}

/** @returns what is wrong with an answer that refuses; empty: nothing. */
function notARefusal(answer: StrictAnswer | undefined, status: readonly number[]): string {
  if (!answer) return 'no answer';
  if (!status.includes(answer.status)) return `answered ${answer.status}`;
  if (!values(answer.fields, 'connection').join(',').toLowerCase().includes('close')) return `${answer.status} without Connection: close`;
  if (answer.framing === 'close') return `${answer.status} without a length`;
  if (answer.body.length > 2000) return `${answer.status} with a body of ${answer.body.length} bytes`;
  const all = `${answer.startLine}\n${answer.fields.map((f) => f.join(': ')).join('\n')}\n${answer.body.toString('latin1')}`;
  if (all.toLowerCase().includes('zq7') || all.includes('smuggled')) return `${answer.status} echoes its input`;
  return '';
}

interface Seen {
  client: RawClient;
  lane: Lane;
  answers: StrictAnswer[];
  rest: Buffer;
}

function read(client: RawClient, bytes: Buffer): { answers: StrictAnswer[]; rest: Buffer } {
  const method = /^(?:\r\n)*HEAD /.test(bytes.toString('latin1', 0, 20)) && !client.received.includes('\r\n\r\n<') ? ['HEAD'] : [];
  return readAnswers(client.received, method, client.fate === 'ended');
}

/** How a refusal has gone wrong; empty: it has not. */
async function checkRefused({ client, lane, answers, rest }: Seen, status: readonly number[], before: number): Promise<string> {
  if (client.fate === 'open') return `connection still open after ${patienceMs} ms, ${answers.length} answers`;
  const finals = answers.filter((a) => a.status >= 200);
  if (finals.length !== before + 1)
    return `${finals.length} answers (${finals.map((a) => a.status).join(', ')}), connection ${client.fate}${client.error ? ` (${client.error.message})` : ''}`;
  if (finals.slice(0, before).some((a) => a.status !== 200)) return `answers ${finals.map((a) => a.status).join(', ')}`;
  const bad = notARefusal(finals.at(-1), status);
  if (bad !== '') return bad;
  if (rest.length > 0) return `bytes after the answer: ${show(rest, 100)}`;
  if (before === 0 && lane.node.size > 0) return 'bytes reached the node';
  if (lane.node.requests.length !== before) return `${lane.node.requests.length} requests reached the node`;
  if (lane.node.connections.some((c) => c.malformed || c.rest.length > 0)) return 'part of a request reached the node';
  await Promise.resolve();
  return '';
}

async function checkCut({ client, lane, answers }: Seen): Promise<string> {
  if (client.fate === 'open') return `connection still open after ${patienceMs} ms`;
  if (lane.node.requests.length > 0) return 'a whole request reached the node';
  if (answers.length > 0) {
    const bad = notARefusal(answers.at(-1), [400, 408, 413, 431, 502]);
    if (bad !== '') return bad;
  }
  const cut = await eventually(() => lane.node.connections.every((c) => c.size === 0 || c.ended), patienceMs);
  return cut ? '' : 'the connection of the node that has half the message is still open';
}

function checkForwarded(
  { client, lane, answers, rest }: Seen,
  c: RequestCase,
  expect: Extract<Expectation, { kind: 'forwarded' }>,
): string {
  const count = expect.count ?? 1;
  const finals = answers.filter((a) => a.status >= 200);
  if (expect.orAnswered && finals.length === 1 && expect.orAnswered.includes(finals[0]!.status))
    return lane.node.size > 0 ? 'bytes of a refused message reached the node' : notARefusal(finals[0], expect.orAnswered);
  if (finals.length !== count || finals.some((a) => a.status !== 200))
    return `answers: ${finals.map((a) => a.status).join(', ') || 'none'}, connection ${client.fate}`;
  if (rest.length > 0) return `bytes after the answer: ${show(rest, 100)}`;
  const malformed = lane.node.connections.find((n) => n.malformed);
  if (malformed) return `the node cannot read what it got: ${malformed.malformed!.message}`;
  if (lane.node.connections.some((n) => n.rest.length > 0)) return 'the node got more than its messages';
  const requests = lane.node.requests;
  if (requests.length !== count) return `the node got ${requests.length} messages, not ${count}`;
  for (const request of requests) {
    const bad = notCanonical(request, lane);
    if (bad !== '') return bad;
  }
  if (count === 1) {
    const bad = notAsMeant(requests[0]!, c.bytes, expect);
    if (bad !== '') return bad;
  }
  const saysClose = values(finals.at(-1)!.fields, 'connection').join(',').toLowerCase().includes('close');
  if (expect.closes !== true && (client.fate !== 'open' || saysClose)) return 'closed without need';
  return '';
}

/**
 * Sends one message in the pieces given and looks at what came of it, at both ends.
 * @returns what is wrong, with the bytes that show it; undefined: nothing.
 */
export async function checkRequest(lane: Lane, c: RequestCase, split: Split): Promise<string | undefined> {
  lane.node.clear();
  const client = await RawClient.open(lane.port);
  const { expect } = c;
  let problem: string;
  try {
    await client.writeParts(split.parts);
    const wanted = expect.kind === 'forwarded' ? (expect.count ?? 1) : 1;
    const finals = () => read(client, c.bytes).answers.filter((a) => a.status >= 200).length;
    const mustClose = expect.kind === 'refused' || expect.kind === 'cut' || (expect.kind === 'forwarded' && expect.closes === true);
    await client.until(() => client.fate !== 'open' || (!mustClose && finals() >= wanted), patienceMs);
    let seen: Seen = { client, lane, ...read(client, c.bytes) };
    const only = seen.answers.at(-1)?.status ?? 0;
    if (expect.kind === 'refused') problem = await checkRefused(seen, expect.status, expect.forwardedBefore ?? 0);
    else if (expect.kind === 'cut') problem = await checkCut(seen);
    else if (expect.kind === 'forwarded') {
      problem = checkForwarded(seen, c, expect);
      if (problem === '' && expect.closes === true && client.fate === 'open') problem = 'not closed';
    } else if (only === 200)
      problem = checkForwarded(seen, c, { kind: 'forwarded', ...(expect.kind === 'dropped or cut' ? { body: expect.body } : {}) });
    else {
      await client.untilClosed(patienceMs);
      seen = { client, lane, ...read(client, c.bytes) };
      problem = expect.kind === 'either' ? await checkRefused(seen, expect.status, 0) : await checkCut(seen);
    }
  } catch (error) {
    problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  const got = client.received;
  client.destroy();
  if (problem === '') return undefined;
  const nodeGot = lane.node.connections.map((n) => show(n.bytes, 400)).filter((text) => text !== '');
  return [
    `row ${c.row}, ${show(c.name, 80)}, ${split.name}: ${problem}`,
    `    sent:      ${show(c.bytes, 400)}`,
    `    client got: ${show(got, 300) || 'nothing'}`,
    `    node got:   ${nodeGot.join('  |  ') || 'nothing'}`,
  ].join('\n');
}
