import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../../electron/headless/cli.ts';
import { Program } from './program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-check-'));
  for (const name of ['good', 'other']) {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], { algorithm: 'sha256', keyType: 'ec' });
    await writeFile(join(folder, `${name}.crt`), made.cert);
    await writeFile(join(folder, `${name}.key`), made.private);
  }
  const old = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    notBeforeDate: new Date('2020-01-01'),
    notAfterDate: new Date('2021-01-01'),
  });
  await writeFile(join(folder, 'old.crt'), old.cert);
  await writeFile(join(folder, 'old.key'), old.private);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Everything the file may say, and well. */
const good = () => ({
  version: 1,
  listeners: [
    {
      id: 'web',
      name: 'Web',
      enabled: true,
      host: '127.0.0.1',
      port: 18080,
      protocol: 'https',
      pool: 'web',
      certificates: ['local'],
      tlsProfile: 'recommended',
      acceptProxyProtocolFrom: ['10.0.0.0/8'],
      connectionThrottle: 0,
      maxConnections: 10000,
      timeouts: { requestHeadMs: 10000, idleMs: 60000, tunnelIdleMs: 3600000, drainMs: 30000 },
    },
  ],
  pools: [
    {
      id: 'web',
      name: 'Web',
      algorithm: 'roundrobin',
      stickiness: { type: 'http_cookie', cookieName: 'NB_SRVID' },
      healthCheck: { type: 'http', path: '/healthz', intervalMs: 1000, timeoutMs: 500, attempts: 2, rise: 2, expectStatus: '200-399' },
      passiveCheck: { enabled: true, errors: 3, windowMs: 10000 },
      proxyProtocol: 'none',
      retries: 2,
      slowStartMs: 0,
      keepLastNode: false,
      timeouts: { connectMs: 5000, responseMs: 60000 },
      nodes: [
        { id: 'a', label: 'api-1', address: '127.0.0.1:9001', weight: 100, mode: 'accept' },
        { id: 'b', label: 'api-2', address: '[::1]:9002', weight: 100, mode: 'backup' },
        { id: 'c', address: 'node.example:9003', tls: { verify: true, caFile: 'other.crt' } },
      ],
    },
  ],
  certificates: [{ id: 'local', name: 'localhost', certFile: 'good.crt', keyFile: 'good.key' }],
});

/** `evenkeel check` in this process: the same code, without the seconds a process takes to start. */
async function check(content: unknown): Promise<{ code: number; lines: string[] }> {
  const file = join(folder, 'file.json');
  await writeFile(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  const written: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => written.push(text)) as unknown as typeof write;
  try {
    const code = await main(['check', file]);
    return {
      code,
      lines: written
        .join('')
        .split('\n')
        .slice(0, -1)
        .map((line) => line.replace(`${file}: `, '')),
    };
  } finally {
    process.stdout.write = write;
  }
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- mistakes are just what types would forbid
type Edit = (config: any) => void;
const node = (n: number) => `pools[0].nodes[${n}]`;
const mistakes: [string, Edit, string][] = [
  ['no version', (c) => delete c.version, 'version: is required'],
  ['another version', (c) => (c.version = 2), 'version: must be 1, got 2'],
  ['an unknown key', (c) => (c.listener = []), 'listener: unknown key, did you mean "listeners"?'],
  ['an unknown key far from any', (c) => (c.zebra = 1), 'zebra: unknown key'],
  ['listeners that are no list', (c) => (c.listeners = {}), 'listeners: must be a list, got an object'],
  ['a listener without an id', (c) => delete c.listeners[0].id, 'listeners[0].id: is required'],
  ['a port that is text', (c) => (c.listeners[0].port = '80'), 'listeners[0].port: must be 1–65535, got "80"'],
  ['a port too large', (c) => (c.listeners[0].port = 70000), 'listeners[0].port: must be 1–65535, got 70000'],
  ['no protocol', (c) => delete c.listeners[0].protocol, 'listeners[0].protocol: is required'],
  ['an unknown protocol', (c) => (c.listeners[0].protocol = 'udp'), 'listeners[0].protocol: must be one of tcp, http, https, got "udp"'],
  [
    'a host that is a name',
    (c) => (c.listeners[0].host = 'web.example'),
    'listeners[0].host: must be an IP address or localhost, got "web.example"',
  ],
  ['a pool that is not there', (c) => (c.listeners[0].pool = 'wbe'), 'listeners[0].pool: no pool has the id "wbe", did you mean "web"?'],
  [
    'https without certificates',
    (c) => (c.listeners[0].certificates = []),
    'listeners[0].certificates: must name at least one certificate for https',
  ],
  [
    'a certificate that is not there',
    (c) => (c.listeners[0].certificates = ['x']),
    'listeners[0].certificates[0]: no certificate has the id "x"',
  ],
  ['a throttle too high', (c) => (c.listeners[0].connectionThrottle = 21), 'listeners[0].connectionThrottle: must be 0–20, got 21'],
  [
    'a bad CIDR',
    (c) => (c.listeners[0].acceptProxyProtocolFrom = ['10.0.0.0/33']),
    'listeners[0].acceptProxyProtocolFrom[0]: must be an IP address or CIDR, got "10.0.0.0/33"',
  ],
  [
    'a misspelt timeout',
    (c) => (c.listeners[0].timeouts = { idelMs: 5 }),
    'listeners[0].timeouts.idelMs: unknown key, did you mean "idleMs"?',
  ],
  [
    'a timeout with a fraction',
    (c) => (c.listeners[0].timeouts.idleMs = 1000.5),
    'listeners[0].timeouts.idleMs: must be 100–86400000, got 1000.5',
  ],
  [
    'two listeners on one port',
    (c) => c.listeners.push({ ...c.listeners[0], id: 'two' }),
    'listeners[1].port: 127.0.0.1:18080 is already taken by listeners[0] ("web")',
  ],
  [
    'two listeners of one id',
    (c) => c.listeners.push({ ...c.listeners[0], port: 18081 }),
    'listeners[1].id: "web" is used twice (also by listeners[0])',
  ],
  [
    'an unknown algorithm',
    (c) => (c.pools[0].algorithm = 'rr'),
    'pools[0].algorithm: must be one of roundrobin, leastconn, source, random2, got "rr"',
  ],
  ['a cookie name with a space', (c) => (c.pools[0].stickiness.cookieName = 'a b'), 'pools[0].stickiness.cookieName: '],
  [
    'a timeout not below the interval',
    (c) => (c.pools[0].healthCheck.timeoutMs = 1000),
    'pools[0].healthCheck.timeoutMs: must be below intervalMs (1000), got 1000',
  ],
  [
    'a bad range of statuses',
    (c) => (c.pools[0].healthCheck.expectStatus = '399-200'),
    'pools[0].healthCheck.expectStatus: must be statuses such as "200-399" or "200,204", got "399-200"',
  ],
  [
    'no pattern for http_body',
    (c) => (c.pools[0].healthCheck.type = 'http_body'),
    'pools[0].healthCheck.bodyPattern: is required when type is http_body',
  ],
  [
    'a pattern that does not compile',
    (c) => (c.pools[0].healthCheck.bodyPattern = '('),
    'pools[0].healthCheck.bodyPattern: must be a regular expression, got "("',
  ],
  [
    'a path without a slash',
    (c) => (c.pools[0].healthCheck.path = 'healthz'),
    'pools[0].healthCheck.path: must be a path that starts with "/" and has no spaces, got "healthz"',
  ],
  ['too many attempts', (c) => (c.pools[0].healthCheck.attempts = 31), 'pools[0].healthCheck.attempts: must be 1–30, got 31'],
  [
    'PROXY to nodes of http',
    (c) => (c.pools[0].proxyProtocol = 'v2'),
    'listeners[0].pool: pool "web" sends the PROXY protocol, which is for tcp listeners only',
  ],
  [
    'a cookie for tcp',
    (c) => Object.assign(c.listeners[0], { protocol: 'tcp' }),
    'listeners[0].pool: pool "web" sticks by cookie, which a tcp listener cannot read; use table or none',
  ],
  ['too many retries', (c) => (c.pools[0].retries = 6), 'pools[0].retries: must be 0–5, got 6'],
  ['a weight of 300', (c) => (c.pools[0].nodes[2].weight = 300), `${node(2)}.weight: must be 1–255, got 300`],
  ['a weight of 0', (c) => (c.pools[0].nodes[0].weight = 0), `${node(0)}.weight: must be 1–255, got 0`],
  [
    'an unknown mode',
    (c) => (c.pools[0].nodes[0].mode = 'off'),
    `${node(0)}.mode: must be one of accept, drain, backup, reject, got "off"`,
  ],
  [
    'an address without a port',
    (c) => (c.pools[0].nodes[0].address = '127.0.0.1'),
    `${node(0)}.address: must have a port: write 127.0.0.1:80`,
  ],
  [
    'a node that is the listener',
    (c) => (c.pools[0].nodes[0].address = 'localhost:18080'),
    `${node(0)}.address: leads back to listener "web" (127.0.0.1:18080), which would loop`,
  ],
  ['a node given twice', (c) => (c.pools[0].nodes[1].id = 'a'), `${node(1)}.id: "a" is used twice (also by ${node(0)})`],
  ['an id with a space', (c) => (c.pools[0].nodes[0].id = 'a b'), `${node(0)}.id: must be an id of letters`],
  ['a misspelt key deep inside', (c) => (c.pools[0].nodes[0].wieght = 1), `${node(0)}.wieght: unknown key, did you mean "weight"?`],
  [
    'an authority that is not there',
    (c) => (c.pools[0].nodes[2].tls.caFile = 'x.pem'),
    `${node(2)}.tls.caFile: cannot read "x.pem": there is no such file`,
  ],
  ['no key', (c) => delete c.certificates[0].keyFile, 'certificates[0].keyFile: is required (or keyPem)'],
  [
    'a certificate file that is not there',
    (c) => (c.certificates[0].certFile = 'x.crt'),
    'certificates[0].certFile: cannot read "x.crt": there is no such file',
  ],
  [
    'a key of another certificate',
    (c) => (c.certificates[0].keyFile = 'other.key'),
    'certificates[0].keyFile: does not fit the certificate: they are not a pair',
  ],
  [
    'a certificate that ran out',
    (c) => Object.assign(c.certificates[0], { certFile: 'old.crt', keyFile: 'old.key' }),
    'certificates[0].certFile: expired on 2021-01-01',
  ],
  [
    'a key where the certificate should be',
    (c) => (c.certificates[0].certFile = 'good.key'),
    'certificates[0].certFile: "good.key" holds no PEM certificate',
  ],
];

describe('a single mistake', () => {
  it.each(mistakes)('%s', async (_name, edit, expected) => {
    const config = good();
    edit(config);
    const { code, lines } = await check(config);
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]!.slice(0, expected.length)).toBe(expected);
  });

  it.each([
    ['{"version":1,}', 'line 1, column 14: a comma before "}" must go'],
    ['{"version":1,\n"version":1}', 'line 2, column 1: version is given twice'],
    ['', 'line 1, column 1: the file is empty'],
    ['[]', 'must be an object with version, listeners and pools, got a list'],
    [Buffer.from([0xff, 0xfe, 0x7b, 0]), 'is not UTF-8 text; save it as UTF-8'],
  ])('in the text itself: %j', async (content, expected) => {
    expect(await check(content)).toEqual({ code: 1, lines: [expected] });
  });
});

describe('a good file', () => {
  it('is passed over in silence', async () => {
    expect(await check(good())).toEqual({ code: 0, lines: [] });
    expect(await check(`\uFEFF${JSON.stringify(good())}`)).toEqual({ code: 0, lines: [] });
    expect(await check({ version: 1 })).toEqual({ code: 0, lines: [] });
  });

  it('with several mistakes gets one line for each', async () => {
    const config = good();
    config.pools[0]!.nodes[0]!.weight = 300;
    config.pools[0]!.nodes[1]!.mode = 'off';
    config.listeners[0]!.port = 0;
    expect((await check(config)).lines).toHaveLength(3);
  });
});

describe('the command itself', () => {
  it.each<[string[], number, RegExp, RegExp]>([
    [['check', 'FOLDER/none.json'], 1, /none\.json: cannot be read: there is no such file\n$/, /^$/],
    [['check'], 2, /^$/, /check needs the FILE/],
    [['check', 'a', 'b'], 2, /^$/, /takes one FILE/],
    [[], 2, /^$/, /a command is missing/],
    [['sevre'], 2, /^$/, /no command "sevre"/],
    [['serve'], 2, /^$/, /needs --config FILE/],
    [['serve', '--config', 'x', '--ui', 'nonsense'], 2, /^$/, /--ui must have a port/],
    [['serve', '--config', 'x', '--ui', '127.0.0.1:99999'], 2, /^$/, /--ui must have a port from 1 to 65535, got 99999\n/],
    [['serve', '--config', 'x', '--ui', '127.0.0.1:1', '--no-ui'], 2, /^$/, /exclude each other/],
    [['serve', '--config', 'x', '--port', '1'], 2, /^$/, /Unknown option '--port'/],
    [['serve', '--config', 'FOLDER/none.json', '--ui', '127.0.0.1:0'], 1, /^$/, /there is no such file/],
    [['export', '--config', 'FOLDER/none.json', '--to', 'haproxy'], 1, /^$/, /none\.json: cannot be read: there is no such file\n$/],
    [['export', '--to', 'nginx'], 2, /^$/, /export needs --config FILE/],
    [['export', '--config', 'x', '--to', 'apache'], 2, /^$/, /--to haproxy\|nginx\|nodebalancer-terraform, got "apache"/],
    [['import', 'x'], 2, /^$/, /import needs --from haproxy/],
    [['import', '--from', 'haproxy'], 2, /^$/, /import needs the FILE/],
    [['import', '--from', 'haproxy', 'FOLDER/none.cfg'], 1, /^$/, /none\.cfg: cannot be read: there is no such file\n$/],
    [['--help'], 0, /evenkeel serve --config FILE/, /^$/],
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
  ])('%j ends with %i', async (args, code, stdout, stderr) => {
    const program = new Program(args.map((arg) => arg.replace('FOLDER', folder)));
    expect(await program.exited).toBe(code);
    expect(program.stdout).toMatch(stdout);
    expect(program.stderr).toMatch(stderr);
  });
});
