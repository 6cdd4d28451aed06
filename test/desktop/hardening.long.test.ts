import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hardening, hardeningProblems } from './hardening.ts';
import { type DesktopApp, outFolder, runtimes } from './launch-app.ts';
import { plant, protocolChecks, untilServed } from './protocol-checks.ts';

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

/** The guards of app://, taken away one by one: the check that must fail then, of protocol-checks.ts, by how it begins. */
const undoneProtocol: { name: string; check: string; change: Undone['change'] }[] = [
  { name: 'links followed', check: 'links out of the folder', change: [[/if \(!real\.startsWith\(.*\)\) return refuse\(404\);/, '']] },
  {
    name: 'links followed to what begins alike',
    check: 'links out of the folder',
    change: [['if (!real.startsWith(base + path.sep))', 'if (!real.startsWith(base))']],
  },
  { name: 'hidden files', check: 'what is hidden', change: [[/if \(segments\.some\(.*\)\) return void 0;/, '']] },
  {
    name: 'any type',
    check: 'files of other types',
    change: [['if (!file || !type) return refuse(404)', 'if (!file) return refuse(404)']],
  },
  { name: 'any host', check: 'other hosts', change: [[/if \(`\$\{parsed\.protocol\}.*\) return void 0;/, '']] },
  { name: 'any method', check: 'methods', change: [['return refuse(405)', 'void 0']] },
  {
    name: 'a query that counts',
    check: 'a query',
    change: [['decodeURIComponent(parsed.pathname)', 'decodeURIComponent(parsed.pathname + parsed.search)']],
  },
  { name: 'silence about ranges', check: 'parts are not served', change: [['"Accept-Ranges": "none"', '"X-Nothing": "none"']] },
  {
    name: 'refusals without headers',
    check: 'every answer',
    change: [[/new Response\(null, \{\s*status,\s*headers: securityHeaders\s*\}\)/, 'new Response(null, { status })']],
  },
  {
    name: 'escapes decoded twice',
    check: 'escapes are decoded once',
    change: [
      ['decodeURIComponent(parsed.pathname)', 'decodeURIComponent(decodeURIComponent(parsed.pathname))'],
      [/if \(segments\.some\(.*\)\) return void 0;/, ''],
      [/if \(!real\.startsWith\(.*\)\) return refuse\(404\);/, ''],
    ],
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

  const run = async <T>(name: string, change: Undone['change'], look: (app: DesktopApp) => Promise<T>): Promise<T> => {
    const out = path.join(folder, name.replaceAll(' ', '-'));
    cpSync(outFolder, out, { recursive: true });
    plant(out);
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
      return await look(app);
    } finally {
      await app.end();
      rmSync(out, { recursive: true, force: true });
    }
  };

  const protocolProblems = async (app: DesktopApp): Promise<string[]> => {
    const found: string[] = [];
    await untilServed(app);
    for (const { name, problem } of protocolChecks) if ((await problem(app)) !== '') found.push(name);
    return found;
  };

  it('is nothing when nothing is', async () => {
    const both = async (app: DesktopApp) => [...(await protocolProblems(app)), ...(await hardeningProblems(app))];
    expect(await run('nothing', [], both)).toEqual([]);
  });

  it('has a way to be undone for each item that is checked', () => {
    const items = new Set(undone.flatMap((one) => one.items));
    expect(hardening.filter(({ item }) => !items.has(item)).map(({ item }) => item)).toEqual([]);
    const left = protocolChecks.filter(({ name }) => !undoneProtocol.some(({ check }) => name.startsWith(check)));
    expect(left.map(({ name }) => name)).toEqual([]);
  });

  it.each(undone)('is noticed: $name', async ({ name, items, change }) => {
    const problems = await run(name, change, hardeningProblems);
    expect(problems.map(({ item }) => item)).toEqual(expect.arrayContaining(items));
  });

  it.each(undoneProtocol)('is noticed of app://: $name', async ({ name, check, change }) => {
    const problems = await run(`app ${name}`, change, protocolProblems);
    expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${check}`)));
  });
});
