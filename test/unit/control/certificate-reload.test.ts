import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CertificateReloader, type NamedFile } from '../../../electron/control/certificates/reload.ts';
import { FileWatch } from '../../../electron/control/certificates/watch.ts';
import type { JournalFact } from '../../../shared/model/journal.ts';
import type { ConfigIssue } from '../../../shared/model/validate.ts';
import { eventually } from '../../support/wait.ts';

let folder: string;
let closers: (() => void)[] = [];
const at = (name: string) => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-watch-'));
});
afterEach(async () => {
  for (const close of closers) close();
  closers = [];
  await rm(folder, { recursive: true, force: true });
});

/** What was reported, after the first report that every new file makes. */
async function watching(files: string[], pollMs = 5_000): Promise<string[][]> {
  const reports: string[][] = [];
  const watch = new FileWatch({
    settleMs: 30,
    pollMs,
    onChange: (changed) => {
      reports.push(changed);
      return Promise.resolve();
    },
  });
  closers.push(() => watch.close());
  watch.set(files);
  expect(await eventually(() => reports.flat().length === files.length)).toBe(true);
  reports.length = 0;
  return reports;
}

describe('a watched file', () => {
  it('is reported once when it is written, replaced by a rename, removed and back', async () => {
    await writeFile(at('a'), 'one');
    await writeFile(at('b'), 'one');
    const reports = await watching([at('a'), at('b')]);
    const steps = [
      () => writeFile(at('a'), 'two'),
      async () => {
        await writeFile(at('a.new'), 'three');
        await rename(at('a.new'), at('a'));
      },
      () => rm(at('a')),
      () => writeFile(at('a'), 'four'),
    ];
    for (const [i, step] of steps.entries()) {
      await step();
      expect(await eventually(() => reports.length === i + 1)).toBe(true);
    }
    await writeFile(at('other'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(reports).toEqual(steps.map(() => [at('a')]));
  });

  it('that is still being written is not reported until it rests', async () => {
    await writeFile(at('a'), '');
    const reports = await watching([at('a')]);
    for (let i = 0; i < 8; i++) {
      await writeFile(at('a'), `part ${i}`, { flag: 'a' });
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    expect(reports).toEqual([]);
    expect(await eventually(() => reports.length === 1)).toBe(true);
  });

  it('behind links that are exchanged elsewhere is noticed by the slow look', async () => {
    await mkdir(at('v1'));
    await mkdir(at('v2'));
    await mkdir(at('site'));
    await writeFile(at('v1/tls.crt'), 'one');
    await writeFile(at('v2/tls.crt'), 'two and more');
    await symlink(at('v1'), at('now'));
    await symlink(at('now/tls.crt'), at('site/tls.crt'));
    const reports = await watching([at('site/tls.crt')], 60);
    await symlink(at('v2'), at('next'));
    await rename(at('next'), at('now'));
    expect(await eventually(() => reports.length === 1)).toBe(true);
  });

  it('whose folder comes and goes is noticed, too', async () => {
    const reports = await watching([at('later/a')], 60);
    await mkdir(at('later'));
    await writeFile(at('later/a'), 'x');
    expect(await eventually(() => reports.length === 1)).toBe(true);
    await rm(at('later'), { recursive: true });
    expect(await eventually(() => reports.length === 2)).toBe(true);
    await mkdir(at('later'));
    await writeFile(at('later/a'), 'y');
    expect(await eventually(() => reports.length === 3)).toBe(true);
  });
});

describe('the reloader', () => {
  async function reloading(answers: { changed: string[]; issues: ConfigIssue[] }[]) {
    await writeFile(at('x.crt'), '1');
    await writeFile(at('x.key'), '1');
    const files: NamedFile[] = [
      { file: at('x.crt'), path: 'certificates[0].certFile', of: { certificate: 'x' } },
      { file: at('x.key'), path: 'certificates[0].keyFile', of: { certificate: 'x' } },
    ];
    const facts: JournalFact[] = [];
    const log: string[] = [];
    let asked = 0;
    const reloader = new CertificateReloader({
      files: () => files,
      reload: () => Promise.resolve(asked++ === 0 ? { changed: [], issues: [] } : (answers[asked - 2] ?? { changed: [], issues: [] })),
      fact: (fact) => facts.push(fact),
      log: (level, message) => log.push(`${level} ${message}`),
      patienceMs: 80,
      settleMs: 20,
    });
    closers.push(() => reloader.close());
    reloader.follow();
    expect(await eventually(() => asked === 1)).toBe(true);
    return { facts, log, asked: () => asked };
  }
  const noPair = { path: 'certificates[0].keyFile', message: 'does not fit the certificate: they are not a pair' };

  it('says nothing of a certificate whose key comes a moment later', async () => {
    const { facts, log } = await reloading([
      { changed: [], issues: [noPair] },
      { changed: ['certificates.x'], issues: [] },
    ]);
    await writeFile(at('x.crt'), 'two');
    expect(await eventually(() => facts.length > 0)).toBe(true);
    expect(facts).toMatchObject([{ kind: 'certificate.reloaded', certificate: 'x' }]);
    expect(log).toEqual(['info Certificate "x" was read again from its file, and is in use.']);
  });

  it('says what cannot be used, in the log and in the journal, but only of what changed', async () => {
    const elsewhere = { path: 'certificates[1].certFile', message: 'expired' };
    const bad = { changed: [], issues: [noPair, elsewhere] };
    const { facts, log, asked } = await reloading([bad, bad]);
    await writeFile(at('x.crt'), 'two');
    expect(await eventually(() => facts.length > 0)).toBe(true);
    expect(asked()).toBe(3);
    const reason =
      'Its file changed and cannot be used: does not fit the certificate: they are not a pair; the one from before stays in use';
    expect(facts).toMatchObject([{ kind: 'certificate.problem', certificate: 'x', reason }]);
    expect(log).toEqual([`error Certificate "x" was not renewed. ${reason}.`]);
  });
});
