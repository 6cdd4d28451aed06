import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../bench/certificate.ts';
import { startNode } from '../headless/nodes.ts';
import { command } from './command.ts';
import { needing } from './installed.ts';
import { useRealServers } from './stage.ts';

const stage = useRealServers('file');
const curl = needing('curl');
const openssl = needing('openssl');
const h2load = needing('h2load');
const wrk = needing('wrk');

/** Tells of a request what came, and answers without a length: chunked, where the client may be told so. */
function mirror(request: IncomingMessage, response: ServerResponse): void {
  const hash = createHash('sha256');
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    hash.update(chunk);
  });
  request.on('end', () => {
    const { method, headers } = request;
    response.write(' ');
    response.end(JSON.stringify({ method, bytes, sha256: hash.digest('hex'), framing: headers['transfer-encoding'] ?? 'length', headers }));
  });
}

let http: number;
let https: number;
let certificate: string;

beforeAll(async () => {
  const node = await startNode('n', mirror);
  stage.also(() => node.close());
  const own = await makeCertificate(stage.folder);
  certificate = own.cert;
  const { ports } = await stage.evenkeel({
    listeners: [
      { id: 'http', protocol: 'http', pool: 'nodes' },
      { id: 'https', protocol: 'https', pool: 'nodes', certificates: ['own'] },
    ],
    certificates: [{ id: 'own', certFile: own.cert, keyFile: own.key }],
    pools: [{ id: 'nodes', stickiness: { type: 'none' }, nodes: [{ id: 'n', address: `127.0.0.1:${node.port}` }] }],
  });
  http = ports['http']!;
  https = ports['https']!;
});

function file(bytes: number): { name: string; sha256: string } {
  const content = Buffer.alloc(bytes, 'evenkeel ');
  const name = path.join(stage.folder, 'upload');
  writeFileSync(name, content);
  return { name, sha256: createHash('sha256').update(content).digest('hex') };
}

describe('curl', { timeout: 20_000 }, () => {
  it.skipIf(curl.missing)(curl.title('over HTTP/1.0 gets a whole answer, not chunked'), async () => {
    const { code, stdout } = await command('curl', ['-sSi', '--http1.0', `http://127.0.0.1:${http}/`]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^HTTP\/1\.[01] 200 /);
    expect(stdout.toLowerCase()).not.toContain('transfer-encoding');
    expect(JSON.parse(stdout.slice(stdout.indexOf('\r\n\r\n')))).toMatchObject({ method: 'GET' });
  });

  it.skipIf(curl.missing)(curl.title('that expects 100-continue is told to go on, and its 8 MB arrive whole'), async () => {
    const { name, sha256 } = file(8 * 1024 * 1024);
    const args = ['-sSv', '-H', 'Expect: 100-continue', '--expect100-timeout', '10', '--data-binary', `@${name}`];
    const { code, stdout, stderr } = await command('curl', [...args, `http://127.0.0.1:${http}/upload`]);
    expect(code).toBe(0);
    expect(stderr).toContain('< HTTP/1.1 100 Continue');
    expect(JSON.parse(stdout)).toMatchObject({ method: 'POST', bytes: 8 * 1024 * 1024, sha256, framing: 'length' });
  });

  it.skipIf(curl.missing)(curl.title('that uploads chunked is passed on chunked and whole'), async () => {
    const { name, sha256 } = file(3_000_001);
    const args = ['-sS', '-T', name, '-H', 'Transfer-Encoding: chunked'];
    const { code, stdout } = await command('curl', [...args, `http://127.0.0.1:${http}/upload`]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ method: 'PUT', bytes: 3_000_001, sha256, framing: 'chunked' });
  });

  it.skipIf(curl.missing)(curl.title('keeps its connection, over TLS verified, and speaks HTTP/1.1 where it would HTTP/2'), async () => {
    const url = `https://localhost:${https}/`;
    const args = ['-sS', '--http2', '--cacert', certificate, '--resolve', `localhost:${https}:127.0.0.1`];
    const say = ['-o', '/dev/null', '-o', '/dev/null', '-w', '%{http_code} HTTP/%{http_version} %{num_connects}\\n'];
    const { code, stdout, stderr } = await command('curl', [...args, ...say, url, url]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe('200 HTTP/1.1 1\n200 HTTP/1.1 0\n');
  });
});

describe('openssl s_client', { timeout: 20_000 }, () => {
  const ask = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  const connect = (...args: string[]) =>
    command('openssl', ['s_client', '-connect', `127.0.0.1:${https}`, '-servername', 'localhost', '-ign_eof', ...args], ask);

  it.skipIf(openssl.missing)(openssl.title('verifies the certificate and is given http/1.1 over TLS 1.3 and 1.2, not 1.1'), async () => {
    for (const version of ['1_3', '1_2']) {
      const { stdout } = await connect(`-tls${version}`, '-alpn', 'h2,http/1.1', '-CAfile', certificate);
      expect(stdout).toContain('Verification: OK');
      expect(stdout).toContain('ALPN protocol: http/1.1');
      expect(stdout).toContain(`TLSv${version.replace('_', '.')}`);
      expect(stdout).toContain('HTTP/1.1 200 OK');
    }
    const old = await connect('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
    expect(old.stdout).not.toContain('HTTP/1.1 200');
    expect(old.stdout).toContain('Cipher is (NONE)');
  });

  it.skipIf(openssl.missing).each(['1_3', '1_2'])(openssl.title('resumes its session (-tls%s)'), async (version) => {
    const session = path.join(stage.folder, `session${version}`);
    const first = await connect(`-tls${version}`, '-sess_out', session);
    expect(first.stdout).toMatch(/^New, TLSv/m);
    const second = await connect(`-tls${version}`, '-sess_in', session);
    expect(second.stdout).toMatch(/^Reused, TLSv/m);
    expect(second.stdout).toContain('HTTP/1.1 200 OK');
  });
});

describe('load generators', { timeout: 20_000 }, () => {
  it.skipIf(h2load.missing)(h2load.title('h2load over HTTP/1.1 loses nothing'), async () => {
    const { stdout } = await command('h2load', ['--h1', '-n', '2000', '-c', '16', '-t', '1', `http://127.0.0.1:${http}/`]);
    expect(stdout).toContain('2000 succeeded, 0 failed, 0 errored, 0 timeout');
    expect(stdout).toContain('2000 2xx, 0 3xx, 0 4xx, 0 5xx');
  });

  it.skipIf(wrk.missing)(wrk.title('wrk loses nothing'), async () => {
    const { stdout } = await command('wrk', ['-t', '1', '-c', '16', '-d', '1s', '--timeout', '10s', `http://127.0.0.1:${http}/`]);
    expect(stdout).toMatch(/\d+ requests in /);
    expect(stdout).not.toMatch(/Non-2xx|Socket errors/);
  });
});
