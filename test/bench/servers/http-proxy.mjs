import { readFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import httpProxy from 'http-proxy';

/** http-proxy as its documentation has it, with keep-alive to the nodes: `node http-proxy.mjs '{"port":…,"origins":[…]}'`. */
const { port, origins, certificate } = JSON.parse(process.argv[2]);
const targets = origins.map((origin) => `http://127.0.0.1:${origin}`);
const proxy = httpProxy.createProxyServer({ agent: new Agent({ keepAlive: true }), xfwd: true });
proxy.on('error', () => undefined);

let turn = 0;
const handle = (request, response) => {
  turn = (turn + 1) % targets.length;
  proxy.web(request, response, { target: targets[turn] });
};
const server = certificate
  ? createTlsServer({ cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) }, handle)
  : createServer(handle);
server.on('upgrade', (request, socket, head) => {
  turn = (turn + 1) % targets.length;
  proxy.ws(request, socket, head, { target: targets[turn] });
});
// As long as the others keep an idle connection.
server.keepAliveTimeout = 60_000;
server.listen(port, '127.0.0.1');
