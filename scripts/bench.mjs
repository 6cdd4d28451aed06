import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { chooseNode } from './lib/node.mjs';
import { at } from './lib/paths.mjs';
import { environmentFor } from './lib/run.mjs';
import { runInForeground } from './lib/foreground.mjs';

/**
 * `npm run bench`: builds what is to be measured, then measures it (test/bench/main.ts). `npm run bench -- window` measures what the
 * screens cost (test/bench/window.ts), `npm run bench -- start` how long the app takes to show what is true (test/bench/start.ts).
 * Arguments are passed on; `--help` lists them.
 */
try {
  await ensureInstalled();
  const node = chooseNode();
  const { code: buildCode, output } = await ensureBuilt(node);
  if (buildCode !== 0) throw new Error(`The build failed:\n${output}`);
  const [what, ...rest] = process.argv.slice(2);
  const [program, args] = what === 'window' || what === 'start' ? [`${what}.ts`, rest] : ['main.ts', process.argv.slice(2)];
  const { code } = await runInForeground(node, [at('test', 'bench', program), ...args], { env: environmentFor(node) });
  process.exitCode = code;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 4;
}
