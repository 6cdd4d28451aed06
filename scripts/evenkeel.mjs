#!/usr/bin/env node
import { existsSync } from 'node:fs';

/** The `evenkeel` command: the built program, in this very process. */
const program = new URL('../out/main/cli.js', import.meta.url);

if (existsSync(program)) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error('evenkeel is not built yet. Run: npm ci && npm run build');
  process.exitCode = 4;
}
