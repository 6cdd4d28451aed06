import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hardening, hardeningProblems } from './hardening.ts';
import { outFolder, runtimes } from './launch-app.ts';

/**
 * Each item of Electron's checklist, undone in the bundle: the checks of hardening.ts have to notice, or they would let the same
 * pass when somebody does it by mistake.
 */

interface Undone {
  /** What somebody might do. */
  name: string;
  /** The items whose checks must fail then. */
  items: number[];
  /** Text of the bundle and what takes its place, in whichever file has it. */
  change: [from: string | RegExp, to: string][];
}

const undone: Undone[] = [
  { name: 'Node in the page', items: [2], change: [['nodeIntegration: false', 'nodeIntegration: true']] },
  { name: 'Node in workers', items: [2], change: [['nodeIntegrationInWorker: false', 'nodeIntegrationInWorker: true']] },
  { name: 'no context isolation', items: [3], change: [['contextIsolation: true', 'contextIsolation: false']] },
  { name: 'no sandbox', items: [4], change: [['sandbox: true', 'sandbox: false']] },
  {
    name: 'every permission granted',
    items: [5],
    change: [[/setPermissionCheckHandler\(.*\);/, 'setPermissionCheckHandler(() => true);']],
  },
  { name: 'no permission handler', items: [5], change: [[/\w+\.setPermissionCheckHandler\(.*\);/, '']] },
  { name: 'no web security', items: [6], change: [['webSecurity: true', 'webSecurity: false']] },
  { name: 'inline scripts', items: [7], change: [[`"script-src 'self'"`, `"script-src 'self' 'unsafe-inline'"`]] },
  { name: 'no policy', items: [7], change: [['"Content-Security-Policy": contentSecurityPolicy,', '']] },
  { name: 'insecure content', items: [8], change: [['allowRunningInsecureContent: false', 'allowRunningInsecureContent: true']] },
  { name: 'experiments', items: [9], change: [['experimentalFeatures: false', 'experimentalFeatures: true']] },
  { name: 'Blink features', items: [10], change: [['experimentalFeatures: false', 'enableBlinkFeatures: "CSSVariables"']] },
  { name: 'the webview tag', items: [11], change: [['webviewTag: false', 'webviewTag: true']] },
  { name: 'webviews let in', items: [12], change: [['contents.on("will-attach-webview"', 'contents.on("nothing"']] },
  {
    name: 'navigation allowed',
    items: [13],
    change: [['if (!isOwnPage(url)) event.preventDefault()', 'if (!isOwnPage(url)) event']],
  },
  { name: 'windows allowed', items: [14], change: [['return { action: "deny" }', 'return { action: "allow" }']] },
  { name: 'no window handler', items: [14], change: [['contents.setWindowOpenHandler(', '((handler) => handler)(']] },
  { name: 'every link opened', items: [15], change: [['if (mayOpenExternally(url)) ', '']] },
  { name: 'no check of the sender', items: [17], change: [[/^\t*authorise\(sender\);$/m, '']] },
  { name: 'frames inside answered', items: [17], change: [['if (!sender.isMainFrame)', 'if (false)']] },
  { name: 'every origin answered', items: [17], change: [['if (sender.origin !== sender.ownOrigin)', 'if (false)']] },
  {
    // Two guards, one behind the other: each alone still holds, and each has its unit test.
    name: 'a folder that can be left',
    items: [18],
    change: [
      [/if \(segments\.some\(.*\)\) return void 0;/, ''],
      [/if \(!real\.startsWith\(.*\)\) return refuse\(404\);/, ''],
      ['pathname.split("/")', 'pathname.split(/[/\\\\]/)'],
    ],
  },
  { name: 'every host served', items: [18], change: [[/if \(`\$\{parsed\.protocol\}.*\) return void 0;/, '']] },
  { name: 'every method served', items: [18], change: [['return refuse(405)', 'void 0']] },
  {
    name: 'raw IPC in the bridge',
    items: [20],
    change: [['exposeInMainWorld(bridgeKey, {', 'exposeInMainWorld(bridgeKey, { ipcRenderer: electron.ipcRenderer,']],
  },
  {
    name: 'any channel through the bridge',
    items: [20],
    change: [['if (!knownRequests.has(channel))', 'if (false)']],
  },
];

const [runtime] = runtimes.filter(({ missing }) => missing === undefined);

describe.skipIf(!runtime)('hardening that is undone', { timeout: 90_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-undone-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (name: string, change: Undone['change']) => {
    const out = path.join(folder, name.replaceAll(' ', '-'));
    cpSync(outFolder, out, { recursive: true });
    const files = [path.join(out, 'main/index.js'), path.join(out, 'preload/index.cjs')];
    for (const chunk of readdirSync(path.join(out, 'main/chunks'))) files.push(path.join(out, 'main/chunks', chunk));
    const left = new Set(change);
    for (const file of files) {
      const before = readFileSync(file, 'utf8');
      let text = before;
      for (const one of left) {
        const after = text.replace(one[0], () => one[1]);
        if (after !== text) left.delete(one);
        text = after;
      }
      if (text !== before) writeFileSync(file, text);
    }
    // A change of the sources that makes this one miss must be seen.
    expect([...left].map(([from]) => String(from))).toEqual([]);
    const userData = path.join(folder, `data-${name.replaceAll(' ', '-')}`);
    cpSync(path.join(import.meta.dirname, 'empty-user-data'), userData, { recursive: true });
    const app = await runtime!.launch({ userData, main: path.join(out, 'main/index.js') });
    try {
      return await hardeningProblems(app);
    } finally {
      await app.end();
      rmSync(out, { recursive: true, force: true });
    }
  };

  it('is nothing when nothing is', async () => {
    expect(await ask('nothing', [])).toEqual([]);
  });

  it('has a way to be undone for each item that is checked', () => {
    const items = new Set(undone.flatMap((one) => one.items));
    expect(hardening.filter(({ item }) => !items.has(item)).map(({ item }) => item)).toEqual([]);
  });

  it.each(undone)('is noticed: $name', async ({ name, items, change }) => {
    const problems = await ask(name, change);
    expect(problems.map(({ item }) => item)).toEqual(expect.arrayContaining(items));
  });
});
