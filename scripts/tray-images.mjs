/**
 * Draws the tray's pictures out of resources/tray/tray.svg: `node scripts/tray-images.mjs`, after a change of it. Each state in its
 * colour and, for macOS, as a template in black; in one and in two pixels a point. The PNG files are committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser } from '../test/support/browser.ts';

const folder = path.resolve(import.meta.dirname, '../resources/tray');
const source = readFileSync(path.join(folder, 'tray.svg'), 'utf8');
const states = [...source.matchAll(/<g id="(\w+)" data-color="(#\w+)">/g)];

const browser = await launchBrowser();
try {
  for (const scale of [1, 2]) {
    const page = await browser.newPage({ viewport: { width: 16, height: 16 }, deviceScaleFactor: scale });
    for (const [, id, own] of states) {
      for (const [suffix, color] of [
        ['', own],
        ['Template', '#000000'],
      ]) {
        const style = `svg{display:block;width:16px;height:16px;color:${color};fill:${color}} svg>g{display:none} svg>#${id}{display:inline}`;
        await page.setContent(`<style>body{margin:0;background:transparent}${style}</style>${source}`);
        const file = path.join(folder, `${id}${suffix}${scale === 2 ? '@2x' : ''}.png`);
        writeFileSync(file, await page.screenshot({ omitBackground: true }));
      }
    }
    await page.close();
  }
} finally {
  await browser.close();
}
