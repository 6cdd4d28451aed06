import { mkdirSync, rmSync } from 'node:fs';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { chooseNode } from './lib/node.mjs';
import { at, root } from './lib/paths.mjs';
import { binOf, environmentFor, run } from './lib/run.mjs';
import { countTests } from './lib/vitest-report.mjs';

/**
 * `npm test`: everything that must hold, on a machine with Node and npm alone. The last line is `N passed, N failed`,
 * over Vitest's tests and the steps before it. `--long` adds test/**\/*.long.test.ts; other arguments choose test files.
 */

const long = process.argv.includes('--long');
const only = process.argv.slice(2).filter((arg) => arg !== '--long');
const report = at('.cache', 'vitest.json');
const stepLimitMs = 300_000;
const suiteLimitMs = (long ? 3_600 : 900) * 1_000;

const total = { passed: 0, failed: 0, skipped: 0, failures: [] };
const summary = [];

async function step(name, work) {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  const { counts, note } = await work();
  for (const key of ['passed', 'failed', 'skipped']) total[key] += counts[key];
  total.failures.push(...(counts.failures ?? []).map((failure) => `${name}: ${failure}`));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  summary.push(`${counts.failed === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(18)} ${seconds.padStart(6)} s${note ? `  ${note}` : ''}`);
}

const command = (node, args) => async () => {
  const { code, output, timedOut } = await run(node, args, { env: environmentFor(node), timeoutMs: stepLimitMs, quiet: true });
  if (output.trim() !== '') console.log(`\n${output.trimEnd()}`);
  const why = timedOut ? `ended after ${stepLimitMs / 1000} s` : `exit code ${code}`;
  return { counts: code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0, failures: [why] } };
};

const build = (node) => async () => {
  const { code, output, fresh } = await ensureBuilt(node);
  if (code !== 0) console.log(output);
  const counts = code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0, failures: [`exit code ${code}`] };
  return { counts, note: fresh ? 'out/ is up to date' : '' };
};

const suites = (node) => async () => {
  mkdirSync(at('.cache'), { recursive: true });
  rmSync(report, { force: true });
  const args = [binOf('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...only];
  const { code, timedOut } = await run(node, args, {
    env: environmentFor(node, long ? { EVENKEEL_LONG: '1' } : {}),
    timeoutMs: suiteLimitMs,
  });
  if (timedOut) console.log(`The suites were ended after ${suiteLimitMs / 1000} s.`);
  const counts = countTests(report, code);
  return { counts, note: `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped` };
};

const startedAt = performance.now();
try {
  await ensureInstalled();
  const node = chooseNode();
  const check = (name, ...args) => step(name, command(node, args));
  // Each takes one core, and the slowest as long as the others together.
  await Promise.all([
    check('eslint', binOf('eslint'), '.'),
    (async () => {
      await check('typecheck', binOf('typescript', 'tsc'), '--noEmit', '-p', '.');
      const folders = ['electron', 'renderer', 'shared'];
      await check('dependency rules', binOf('dependency-cruiser', 'depcruise'), '--config', '.dependency-cruiser.cjs', ...folders);
      await check('formatting', binOf('prettier'), '--check', '--log-level=warn', '.');
      await step('build', build(node));
    })(),
  ]);
  await step('tests', suites(node));
} catch (error) {
  total.failed += 1;
  total.failures.push(error instanceof Error ? error.message : String(error));
}

console.log(`\n${summary.join('\n')}`);
if (total.failures.length > 0) console.log(`\nFailed:\n${total.failures.map((failure) => `  ${failure.replace(root, '')}`).join('\n')}`);
console.log(`\nIn ${((performance.now() - startedAt) / 1000).toFixed(0)} s:`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 ? 0 : 1;
