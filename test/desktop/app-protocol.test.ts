import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DesktopApp, outFolder, runtimes } from './launch-app.ts';
import { plant, protocolChecks, untilServed } from './protocol-checks.ts';

for (const { name, missing, launch } of runtimes) {
  describe.skipIf(missing !== undefined)(`app:// on ${name}${missing ? ` (skipped: ${missing})` : ''}`, { timeout: 60_000 }, () => {
    let folder: string;
    let app: DesktopApp;
    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-app-'));
      const out = path.join(folder, 'out');
      cpSync(outFolder, out, { recursive: true });
      plant(out);
      const userData = path.join(folder, 'user');
      cpSync(path.join(import.meta.dirname, 'empty-user-data'), userData, { recursive: true });
      app = await launch({ userData, main: path.join(out, 'main/index.js') });
      await untilServed(app);
    });
    afterAll(async () => {
      await app.end();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(protocolChecks)('$name', async ({ problem }) => {
      expect(await problem(app)).toBe('');
    });
  });
}
