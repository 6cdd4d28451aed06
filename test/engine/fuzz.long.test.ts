import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkMutatedAnswer } from './fuzz/answers.ts';
import { checkChunked } from './fuzz/chunked.ts';
import { checkConfig } from './fuzz/config.ts';
import { checkRequestHead, checkResponseHead } from './fuzz/heads.ts';
import { checkJsonFile, checkJsonText } from './fuzz/json.ts';
import { checkProxyHeader } from './fuzz/proxy-header.ts';
import { Findings, firstSeed, fuzzSeconds, type Case } from './fuzz/run.ts';
import { Lanes, type Lane } from './http-rules/lanes.ts';
import { checkMutation, mutate } from './http-rules/mutate.ts';

const timeout = fuzzSeconds * 1000 + 30_000;

describe(`anything may come (first seed ${firstSeed}, ${fuzzSeconds} s)`, { timeout }, () => {
  describe('through the engine', () => {
    let lanes: Lanes;
    beforeAll(async () => {
      lanes = await Lanes.start();
    });
    afterAll(async () => {
      await lanes.stop();
    });

    async function onLanes(share: number, one: (lane: Lane, c: Case) => Promise<string | undefined>): Promise<Findings> {
      const findings = new Findings(share);
      function* jobs() {
        for (const c of findings.cases()) {
          yield async (lane: Lane) => {
            c.note(await one(lane, c));
          };
        }
      }
      await lanes.run(jobs());
      return findings;
    }

    it('requests', async () => {
      const findings = await onLanes(0.3, (lane, { random, pick }) => {
        const bytes = mutate(random);
        return checkMutation(lane, bytes, pick(bytes.length));
      });
      expect(findings.toString()).toBe('');
      expect(findings.runs).toBeGreaterThan(100);
    });

    it('answers', async () => {
      const findings = await onLanes(0.3, checkMutatedAnswer);
      expect(findings.toString()).toBe('');
      expect(findings.runs).toBeGreaterThan(100);
    });

    it('counts no connection after all of that', async () => {
      expect(await lanes.harness.untilQuiet()).toBe('');
    });
  });

  it.each([
    ['request heads', 0.1, checkRequestHead],
    ['answer heads', 0.08, checkResponseHead],
    ['chunked bodies', 0.08, checkChunked],
    ['PROXY headers', 0.05, checkProxyHeader],
    ['configurations', 0.05, checkConfig],
    ['JSON texts', 0.02, checkJsonText],
  ] as const)('%s', (_name, share, check) => {
    const findings = new Findings(share).each(check);
    expect(findings.toString()).toBe('');
    expect(findings.runs).toBeGreaterThan(100);
  });

  it('JSON files', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'evenkeel-fuzz-'));
    const findings = new Findings(0.02);
    for (const c of findings.cases()) c.note(await checkJsonFile(c, path.join(dir, 'evenkeel.json')));
    rmSync(dir, { recursive: true, force: true });
    expect(findings.toString()).toBe('');
  });
});
