import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';

/** http-proxy as its documentation has it, with keep-alive to the nodes: `node http-proxy.mjs PORT ORIGIN…`. */
const [port, ...origins] = process.argv.slice(2);
const targets = origins.map((origin) => `http://127.0.0.1:${origin}`);
const proxy = httpProxy.createProxyServer({ agent: new Agent({ keepAlive: true }), xfwd: true });
proxy.on('error', () => undefined);

let turn = 0;
createServer((request, response) => {
  turn = (turn + 1) % targets.length;
  proxy.web(request, response, { target: targets[turn] });
}).listen(Number(port), '127.0.0.1');
