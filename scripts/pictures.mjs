/**
 * Draws the app's icon and the tray's pictures out of resources/icon.svg and resources/tray/tray.svg: `node scripts/pictures.mjs`, with
 * Node 24, after a change of one of them. The PNG files are committed; test/unit/tooling/pictures.long.test.ts holds them against the SVG.
 */
import { writeFileSync } from 'node:fs';
import { launchBrowser } from '../test/support/browser.ts';
import { at } from './lib/paths.mjs';
import { draw, pictures } from './lib/pictures.mjs';

const browser = await launchBrowser();
try {
  const all = pictures();
  const drawn = await draw(browser, all);
  for (const [i, { file }] of all.entries()) writeFileSync(at(file), drawn[i]);
} finally {
  await browser.close();
}
