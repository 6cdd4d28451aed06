import { RawClient } from '../../support/raw-client.ts';
import { okAnswer } from '../../support/recorder-node.ts';
import { readAnswers, show, values, type StrictAnswer } from '../../support/strict-http.ts';
import { eventually, turns } from '../../support/wait.ts';
import { plainGet, type AnswerCase, type AnswerExpectation } from './answer-corpus.ts';
import type { Lane } from './lanes.ts';
import type { Split } from './splits.ts';

const patienceMs = 6000;

function is502(answer: StrictAnswer | undefined): string {
  if (!answer) return 'no answer';
  if (answer.status !== 502) return `answered ${answer.status}, not 502`;
  if (answer.framing === 'close') return '502 without a length';
  const all = `${answer.startLine}${answer.fields.join()}${answer.body.toString('latin1')}`.toLowerCase();
  return all.includes('zq7') || answer.body.length > 2000 ? '502 echoes its input' : '';
}

function passedWell(answers: StrictAnswer[], rest: Buffer, expect: Extract<AnswerExpectation, { kind: 'passed' }>): string {
  const finals = answers.filter((a) => a.status >= 200);
  const answer = finals[0];
  if (expect.or502 === true && finals.length === 1 && answer?.status === 502) return is502(answer);
  if (finals.length !== 1 || !answer) return `${finals.length} answers`;
  if (answer.status !== expect.status) return `status ${answer.status}`;
  if (rest.length > 0) return `bytes after the answer: ${show(rest, 80)}`;
  if (expect.body !== undefined && answer.body.toString('latin1') !== expect.body) return `body is ${show(answer.body, 80)}`;
  if (answer.extensions) return 'chunk extensions went to the client';
  for (const name of ['keep-alive', 'proxy-connection']) {
    if (values(answer.fields, name).length > 0 && answer.version === 'HTTP/1.1') return `${name} went to the client`;
  }
  for (const [where, wanted] of [
    ['fields', expect.fields],
    ['trailers', expect.trailers],
  ] as const) {
    for (const [name, list] of Object.entries(wanted ?? {})) {
      const got = values(answer[where], name);
      if (got.join('\0') !== list.join('\0')) return `${where} ${name}: ${show(JSON.stringify(got))}, not ${show(JSON.stringify(list))}`;
    }
  }
  const interim = answers.filter((a) => a.status < 200).map((a) => a.status);
  if (expect.interim !== undefined && interim.join() !== expect.interim.join()) return `interim answers ${interim.join()}`;
  for (const name of expect.interimWithout ?? []) {
    if (answers.some((a) => a.status < 200 && values(a.fields, name).length > 0)) return `an interim answer has ${name}`;
  }
  return '';
}

/** @returns why bytes that were cut could be taken for a whole answer; empty: they could not. */
function looksWhole(client: RawClient, method: string): string {
  const { answers } = readAnswers(client.received, [method], client.fate === 'ended');
  const final = answers.find((a) => a.status >= 200);
  if (!final) return '';
  return is502(final);
}

/**
 * Lets the node give one answer in the pieces given and looks at what the client got.
 * @returns what is wrong, with the bytes that show it; undefined: nothing.
 */
export async function checkAnswer(lane: Lane, c: AnswerCase, split: Split, thorough: boolean): Promise<string | undefined> {
  const { node } = lane;
  node.clear();
  let used = 0;
  node.handlers = {
    onRequest: (_, connection) => {
      used = connection.number;
      return { parts: split.parts, then: c.then };
    },
  };
  const method = c.request.slice(0, c.request.indexOf(' '));
  const client = await RawClient.open(lane.port);
  const seen = () => readAnswers(client.received, [method], client.fate === 'ended');
  const finals = () => seen().answers.filter((a) => a.status >= 200).length;
  const nodeLeft = () => eventually(() => node.connections.every((n) => n.number !== used || n.ended), patienceMs);
  const { expect } = c;
  let problem = '';
  try {
    client.write(c.request);
    const closes = expect.kind === 'passed' && expect.closes === true;
    await client.until(() => client.fate !== 'open' || (!closes && finals() > 0), patienceMs);
    // What does not belong to the answer comes right behind it.
    await turns(2);
    const { answers, rest } = seen();
    if (used === 0) problem = 'the request did not reach the node';
    else if (expect.kind === 'passed') {
      problem = passedWell(answers, rest, expect);
      if (problem === '' && closes && client.fate === 'open') problem = 'not closed';
      if (problem === '' && thorough && expect.closes !== true) {
        node.handlers = { onRequest: () => okAnswer };
        const again = await client.ask(plainGet);
        if (again.status !== 200 || again.body.toString() !== 'ok') problem = `the next request on the connection got ${again.status}`;
      }
    } else if (expect.kind === 'bad') {
      problem = is502(answers.find((a) => a.status >= 200)) || (rest.length > 0 ? `bytes after the 502: ${show(rest, 80)}` : '');
      if (problem === '' && !(await nodeLeft())) problem = "the node's connection is still open";
    } else if (expect.kind === 'cut') {
      const passedOn = expect.orPassed !== undefined && answers.find((a) => a.status === 200);
      if (passedOn) problem = passedOn.body.toString('latin1') === expect.orPassed ? '' : `body is ${show(passedOn.body, 80)}`;
      else {
        const gotAnswer = finals() > 0;
        if (!gotAnswer && (await client.untilClosed(patienceMs)) === 'open') problem = 'neither answered nor cut';
        problem ||= looksWhole(client, method);
        if (problem === '' && !(await nodeLeft())) problem = "the node's connection is still open";
      }
    } else {
      const final = answers.find((a) => a.status >= 200);
      if (final && final.status !== 502 && (final.status !== expect.status || final.body.toString('latin1') !== expect.body))
        problem = `answered ${final.status} with ${show(final.body, 80)}`;
      if (rest.length > 0 || client.received.includes('EXTRA')) problem = 'surplus bytes reached the client';
      if (problem === '' && !(await nodeLeft())) problem = "the node's connection is still open";
      if (problem === '') {
        let second = 0;
        node.handlers = {
          onRequest: (_, connection) => {
            second = connection.number;
            return okAnswer;
          },
        };
        const other = await RawClient.open(lane.port);
        const answer = await other.ask(plainGet);
        other.destroy();
        if (answer.status !== 200 || answer.body.toString() !== 'ok')
          problem = `the next client got ${answer.status} with ${show(answer.body, 80)}`;
        else if (second === used) problem = "the node's connection was used again";
      }
    }
  } catch (error) {
    problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  const got = client.received;
  client.destroy();
  node.handlers = { onRequest: () => okAnswer };
  if (problem === '') return undefined;
  return [
    `row ${c.row}, ${show(c.name, 80)}, ${split.name}: ${problem}`,
    `    asked:      ${show(c.request, 200)}`,
    `    node sent:  ${show(c.answer, 300)} then ${c.then}`,
    `    client got: ${show(got, 400) || 'nothing'}, then ${client.fate}`,
  ].join('\n');
}
