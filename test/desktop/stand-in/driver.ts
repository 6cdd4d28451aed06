import { pathToFileURL } from 'node:url';
import { startBrowser } from './browser-window.ts';
import * as electron from './electron.ts';
import { mark } from './marks.ts';
import './register.ts';

/**
 * `node driver.ts MAIN`: runs a bundled main on the stand-in, and lets the spec's process look into it. Functions come as
 * their source text. A program of its own rather than preloads, which every worker thread of the bundle would load too.
 */

interface Question {
  id: number;
  where: 'main' | 'page';
  source: string;
  arg: unknown;
}

async function firstPage() {
  await electron.app.whenReady();
  for (;;) {
    const window = electron.BrowserWindow.getAllWindows()[0];
    const page = window && (await window.page);
    if (page && page.url() !== 'about:blank') return page;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function answer({ where, source, arg }: Question): Promise<unknown> {
  if (where === 'page') return (await firstPage()).evaluate(`(${source})(${JSON.stringify(arg) ?? 'undefined'})`);
  const call = (0, eval)(`(${source})`) as (module: typeof electron, arg: unknown) => unknown;
  return call(electron, arg);
}

process.on('message', (question: Question) => {
  answer(question).then(
    (value) => process.send?.({ id: question.id, value }),
    (error: unknown) => process.send?.({ id: question.id, error: error instanceof Error ? error.message : String(error) }),
  );
});
// The channel to the spec must not keep an application alive that has quit.
process.channel?.unref();

const main = process.argv[2];
if (main === undefined) throw new Error('Name the bundled main to run.');
mark('stand-in loaded');
// A second start of the same program ends before it has a window.
if (process.env['STAND_IN_SECOND'] !== '1') startBrowser();
await import(pathToFileURL(main).href);
mark('main evaluated');
