import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { Observation, ObserverTask } from './observation.ts';

/**
 * Somebody outside: clients that ask at a known pace and see who answers, somebody who knocks at the node's port, and somebody who
 * asks the control API what it thinks of the node. Argument: the task. When its input ends it says what it saw.
 */
const task = JSON.parse(process.argv[2]!) as ObserverTask;
const seen: Observation = { sent: 0, answered: 0, failed: 0, failures: [], unanswered: 0, stallMs: 0, moves: [], port: [], states: [] };
let over = false;

interface Browser {
  agent: Agent;
  cookie: string | undefined;
  node: string | undefined;
  busy: boolean;
}
const browsers = Array.from({ length: task.clients }, (): Browser => ({
  agent: new Agent({ keepAlive: true, maxSockets: 1 }),
  cookie: undefined,
  node: undefined,
  busy: false,
}));

function ask(browser: Browser, client: number): void {
  const sentAt = Date.now();
  browser.busy = true;
  seen.sent++;
  const failed = (why: string): void => {
    browser.busy = false;
    seen.failed++;
    if (seen.failures.length < 20) seen.failures.push(why);
  };
  const asked = request({
    ...{ agent: browser.agent, host: '127.0.0.1', port: task.port, path: '/' },
    headers: browser.cookie === undefined ? {} : { cookie: browser.cookie },
  });
  asked.on('error', (error) => {
    failed(error.message);
  });
  asked.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (text += chunk));
    response.on('error', (error) => {
      failed(error.message);
    });
    response.on('end', () => {
      if (response.statusCode !== 200) {
        failed(`${response.statusCode}`);
        return;
      }
      browser.busy = false;
      seen.answered++;
      browser.cookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? browser.cookie;
      if (browser.node !== undefined && browser.node !== text)
        seen.moves.push({ client, from: browser.node, to: text, sentAt, at: Date.now() });
      browser.node = text;
    });
  });
  asked.end();
}

const beganAt = performance.now();
let turn = 0;
const asking = setInterval(() => {
  const due = Math.floor(((performance.now() - beganAt) * task.requestsPerSecond) / 1_000);
  for (let tries = 0; seen.sent < due && tries < browsers.length; tries++) {
    const client = turn++ % browsers.length;
    const browser = browsers[client]!;
    if (!browser.busy) ask(browser, client);
  }
}, 5);

let knockedAt = Date.now();
function knock(): void {
  if (over) return;
  const at = Date.now();
  const socket = connect(task.nodePort, '127.0.0.1');
  const told = (open: boolean): void => {
    if (seen.port.at(-1)?.open !== open) seen.port.push({ open, after: knockedAt, at: Date.now() });
    seen.stallMs = Math.max(seen.stallMs, at - knockedAt);
    knockedAt = at;
    socket.destroy();
    setTimeout(knock, 5);
  };
  socket.on('connect', () => {
    told(true);
  });
  socket.on('error', () => {
    told(false);
  });
}

async function look(): Promise<void> {
  const agent = { Authorization: `Bearer ${task.token}`, 'Content-Type': 'application/json' };
  let askedAt = Date.now();
  while (!over) {
    const at = Date.now();
    const reply = await fetch(`${task.api}api/request/engine.snapshot`, { method: 'POST', headers: agent, body: '{}' });
    const { value } = (await reply.json()) as { value: { pools: { nodes: { id: string; state: string }[] }[] } };
    const state = value.pools[0]!.nodes.find((node) => node.id === task.node)!.state;
    if (seen.states.at(-1)?.state !== state) seen.states.push({ state, after: askedAt, at: Date.now() });
    askedAt = at;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

knock();
const looking = look();
process.stdin
  .on('end', () => {
    clearInterval(asking);
    const until = performance.now() + 3_000;
    const wait = setInterval(() => {
      const unanswered = browsers.filter((browser) => browser.busy).length;
      if (unanswered > 0 && performance.now() < until) return;
      seen.unanswered = unanswered;
      clearInterval(wait);
      over = true;
      void looking.then(() => process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0)));
    }, 10);
  })
  .resume();
