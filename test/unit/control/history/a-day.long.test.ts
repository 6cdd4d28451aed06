import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeAndOpen } from './a-day.ts';

it('a day at ten entries a second stays within the bound and opens in a second', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-day-'));
  try {
    const { mebibytes, openMs } = await writeAndOpen(folder, 24);
    expect(mebibytes).toBeLessThan(64);
    expect(openMs).toBeLessThan(1_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);
