import { readFileSync } from 'node:fs';

/**
 * Counts what Vitest's JSON report says. A file that could not be loaded and an error outside any test count as failed.
 * @returns {{ passed: number, failed: number, skipped: number, failures: string[] }}
 */
export function countTests(reportFile, exitCode) {
  let report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: ['Vitest left no report: it did not run to its end'] };
  }
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') {
        counts.failed += 1;
        counts.failures.push(`${file.name}: ${test.fullName}`);
      } else counts.skipped += 1;
    }
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      counts.failed += 1;
      counts.failures.push(`${file.name}: the file itself (${String(file.message).split('\n')[0]})`);
    }
  }
  if (exitCode !== 0 && counts.failed === 0) {
    counts.failed = 1;
    counts.failures.push(`an error outside any test (Vitest ended with ${exitCode})`);
  }
  return counts;
}
