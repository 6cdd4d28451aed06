import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DesktopApp } from './launch-app.ts';

/**
 * The handler of app://, asked by the main process: no page stands between, and nothing is tidied up on the way. For a copy of the bundle
 * in which `plant` has put what must not come out. app-protocol.test.ts asks all of it; hardening.long.test.ts undoes the guards one by one.
 */

/** What lies outside of the folder; whoever reads it has got out. */
const secret = 'outside of the folder';

/** Puts links that lead out of the folder, a hidden file and one of an unknown type among the screens of a copied bundle. */
export function plant(out: string): void {
  const screens = path.join(out, 'renderer');
  mkdirSync(path.join(out, 'outside'));
  writeFileSync(path.join(out, 'outside/secret.txt'), secret);
  symlinkSync(path.join(out, 'outside/secret.txt'), path.join(screens, 'link.txt'));
  symlinkSync('../outside', path.join(screens, 'linked'));
  // One that begins like the folder's own name.
  mkdirSync(path.join(out, 'renderer-beside'));
  writeFileSync(path.join(out, 'renderer-beside/secret.txt'), secret);
  symlinkSync('../renderer-beside', path.join(screens, 'beside'));
  writeFileSync(path.join(screens, '.hidden.txt'), secret);
  mkdirSync(path.join(screens, '.git'));
  writeFileSync(path.join(screens, '.git/config.txt'), secret);
  writeFileSync(path.join(screens, 'program.exe'), secret);
}

export interface ProtocolCheck {
  name: string;
  /** @returns what is wrong; empty when it holds. */
  problem(app: DesktopApp): Promise<string>;
}

/** Resolves when there is somebody to ask: the handler is there before the first page is. */
export const untilServed = (app: DesktopApp): Promise<unknown> => app.inPage(() => document.readyState);

/** None of these is answered with a file. */
const refused = (name: string, urls: string[]): ProtocolCheck => ({
  name,
  problem: (app) =>
    app.inMain(async ({ net }, asked) => {
      const wrong: string[] = [];
      for (const url of asked) {
        // What is not even an address counts as refused; a handler that is not there does not.
        const found = await net.fetch(url).then(
          ({ status }) => String(status),
          (error: unknown) => (String(error).includes('UNKNOWN_URL_SCHEME') ? 'nobody answers app://' : '404'),
        );
        if (found !== '404') wrong.push(`${url} → ${found}`);
      }
      return wrong.join('; ');
    }, urls),
});

const own = (way: string): string => `app://evenkeel/${way}`;

export const protocolChecks: readonly ProtocolCheck[] = [
  refused('links out of the folder are not followed', [own('link.txt'), own('linked/secret.txt'), own('beside/secret.txt')]),
  refused('what is hidden stays hidden', [own('.hidden.txt'), own('.git/config.txt'), own('%2ehidden.txt')]),
  refused('files of other types are not served', [own('program.exe'), own('assets')]),
  refused('escapes are decoded once, and what they hid is refused', [
    own('..%2foutside%2fsecret.txt'),
    own('%2e%2e/outside/secret.txt'),
    own('assets/..%2f..%2foutside/secret.txt'),
    own('..%5coutside%5csecret.txt'),
    own('%252e%252e%252foutside%252fsecret.txt'),
    own('index.html%00.txt'),
    own('%c0%ae%c0%ae/outside/secret.txt'),
    own('index.html%'),
    own('C:%2findex.html'),
  ]),
  refused('other hosts have no files', [
    'app://other/index.html',
    'app://evenkeel.example/index.html',
    'app://evenkeel:8080/index.html',
    'app://me@other/index.html',
  ]),
  {
    name: 'methods that would change something are refused, HEAD has no body',
    problem: (app) =>
      app.inMain(async ({ net }) => {
        const wrong: string[] = [];
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
          const { status } = await net.fetch('app://evenkeel/index.html', { method });
          if (status !== 405) wrong.push(`${method} → ${status}`);
        }
        const head = await net.fetch('app://evenkeel/index.html', { method: 'HEAD' });
        const body = await head.text();
        if (head.status !== 200 || body !== '') wrong.push(`HEAD → ${head.status}, ${body.length} characters`);
        return wrong.join('; ');
      }),
  },
  {
    name: 'a query or a fragment changes nothing',
    problem: (app) =>
      app.inMain(async ({ net }) => {
        const read = async (way: string): Promise<string> => {
          const response = await net.fetch(`app://evenkeel/${way}`);
          return `${response.status} ${await response.text()}`;
        };
        const plain = await read('index.html');
        const wrong: string[] = plain.startsWith('200 ') ? [] : ['the page itself is not served'];
        for (const way of ['index.html?x=1', 'index.html?/../../outside/secret.txt', 'index.html?a=..%2f', 'index.html#/settings', ''])
          if ((await read(way)) !== plain) wrong.push(`"${way}" is another page`);
        return wrong.join('; ');
      }),
  },
  {
    name: 'parts are not served: a range is answered with the whole, and said not to be taken',
    problem: (app) =>
      app.inMain(async ({ net }) => {
        const whole = await (await net.fetch('app://evenkeel/index.html')).text();
        const wrong: string[] = [];
        for (const Range of ['bytes=0-3', 'bytes=-5', 'bytes=0-3,5-8', 'bytes=999999999-', 'bytes=x']) {
          const response = await net.fetch('app://evenkeel/index.html', { headers: { Range } });
          if (response.status !== 200 || (await response.text()) !== whole) wrong.push(`${Range} → ${response.status}`);
          if (response.headers.get('accept-ranges') !== 'none') wrong.push('it is not said that ranges are not taken');
          if (response.headers.has('content-range')) wrong.push('a part is announced');
        }
        return wrong.join('; ');
      }),
  },
  {
    name: 'every answer carries the policy and its type is not guessed, refusals too',
    problem: (app) =>
      app.inMain(async ({ net }) => {
        const wrong: string[] = [];
        for (const way of ['index.html', 'gone.js', 'program.exe']) {
          const { headers } = await net.fetch(`app://evenkeel/${way}`);
          if (!headers.get('content-security-policy')?.includes("script-src 'self'")) wrong.push(`${way} has no policy`);
          if (headers.get('x-content-type-options') !== 'nosniff') wrong.push(`the type of ${way} may be guessed`);
        }
        return wrong.join('; ');
      }),
  },
];
