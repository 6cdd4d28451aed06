import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportHaproxy } from '../../electron/control/interchange/haproxy-export.ts';
import { exportNginx } from '../../electron/control/interchange/nginx-export.ts';
import { exportTerraform } from '../../electron/control/interchange/terraform-export.ts';
import { makeCertificate } from '../bench/certificate.ts';
import { needing } from '../e2e/real/installed.ts';
import { freePorts } from '../support/free-port.ts';
import { arbitraryConfig } from './arbitrary-config.ts';

const haproxy = needing('haproxy');
const nginx = needing('nginx');
const terraform = needing('terraform');
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-interchange-'));
  const { cert, key } = await makeCertificate(folder);
  writeFileSync(path.join(folder, 'own.pem'), `${readFileSync(cert, 'utf8')}\n${readFileSync(key, 'utf8')}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a program says of a text, and whether it takes it. */
function judge(name: string, text: string, command: string, args: (file: string) => string[]): { ok: boolean; said: string } {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(command, args(file), { encoding: 'utf8', timeout: 20_000 });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

/** Debian keeps the part that carries tcp in a package of its own. */
function hasStream(): boolean {
  return judge('stream.conf', 'events {}\nstream {}\n', 'nginx', (file) => ['-t', '-q', '-p', folder, '-e', 'stderr', '-c', file]).ok;
}

describe('whatever is configured, the real program takes the export', { timeout: 120_000 }, () => {
  it.skipIf(haproxy.missing)(haproxy.title('haproxy -c, without a warning'), () => {
    fc.assert(
      fc.property(arbitraryConfig(), (config) => {
        const { text } = exportHaproxy(config);
        const { ok: taken, said } = judge('haproxy.cfg', text, 'haproxy', (file) => ['-c', '-f', file]);
        // It also says so when every frontend is switched off.
        const ok = taken || /^Configuration file has no error but will not start \(no listener\)/m.test(said);
        expect({ ok, warnings: /WARNING|ALERT/.test(said), said }, `${said}\n${text}`).toMatchObject({ ok: true, warnings: false });
      }),
      { numRuns: 50 },
    );
  });

  it.skipIf(nginx.missing)(nginx.title('nginx -t'), async () => {
    const ports = await freePorts(4);
    const httpOnly = !hasStream();
    fc.assert(
      fc.property(arbitraryConfig({ httpOnly, ports }), (config) => {
        // Where Debian keeps it; elsewhere any authority will do.
        const text = exportNginx(config).text.replaceAll('/etc/ssl/certs/ca-certificates.crt', 'own.pem');
        const { ok, said } = judge('nginx.conf', text, 'nginx', (file) => ['-t', '-q', '-p', folder, '-e', 'stderr', '-c', file]);
        expect({ ok, said }, `${said}\n${text}`).toMatchObject({ ok: true });
      }),
      { numRuns: 50 },
    );
  });

  it.skipIf(terraform.missing)(terraform.title('terraform fmt finds nothing to change'), () => {
    fc.assert(
      fc.property(arbitraryConfig(), (config) => {
        const { text } = exportTerraform(config);
        const { ok, said } = judge('main.tf', text, 'terraform', (file) => ['fmt', '-check', '-diff', file]);
        expect({ ok, said }, `${said}\n${text}`).toMatchObject({ ok: true });
      }),
      { numRuns: 12 },
    );
  });
});
