import { defineConfig } from 'vitest/config';

const long = process.env['EVENKEEL_LONG'] === '1';

// One pool of forks. Suites open real sockets and real browsers, on two cores; much of their time is waiting, so a third fills it.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: [...(long ? [] : ['test/**/*.long.test.ts']), 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 3,
    // Of the tests of one file that say they may run side by side.
    maxConcurrency: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A second, the default, is not enough for a page on a machine that does something else besides.
    expect: { poll: { timeout: 8_000 } },
  },
});
