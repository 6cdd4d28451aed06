import { readFileSync } from 'node:fs';
import { at } from './paths.mjs';

/**
 * A picture that is drawn out of an SVG and committed as PNG.
 * @typedef {{ file: string, size: number, scale: number, html: string }} Picture file from the project's folder; size in CSS pixels,
 *   scale in pixels for each of them; html the page that shows it.
 */

const page = (style, svg) => `<style>body{margin:0;background:transparent}${style}</style>${svg}`;

/** The app's icon: electron-builder makes every platform's own out of one of 1024 pixels. @returns {Picture[]} */
function icon() {
  const svg = readFileSync(at('resources', 'icon.svg'), 'utf8');
  return [{ file: 'resources/icon.png', size: 512, scale: 2, html: page('svg{display:block;width:512px;height:512px}', svg) }];
}

/** The tray's: each state in its colour and, for macOS, as a template in black; in one and in two pixels a point. @returns {Picture[]} */
function tray() {
  const svg = readFileSync(at('resources', 'tray', 'tray.svg'), 'utf8');
  return [...svg.matchAll(/<g id="(\w+)" data-color="(#\w+)">/g)].flatMap(([, id, own]) =>
    [
      ['', own],
      ['Template', '#000000'],
    ].flatMap(([suffix, color]) =>
      [1, 2].map((scale) => ({
        file: `resources/tray/${id}${suffix}${scale === 2 ? '@2x' : ''}.png`,
        size: 16,
        scale,
        html: page(
          `svg{display:block;width:16px;height:16px;color:${color};fill:${color}} svg>g{display:none} svg>#${id}{display:inline}`,
          svg,
        ),
      })),
    ),
  );
}

/** Every picture there is. */
export const pictures = () => [...icon(), ...tray()];

/**
 * Draws pictures.
 * @param {import('playwright-core').Browser} browser
 * @param {Picture[]} wanted
 * @returns {Promise<Buffer[]>} the PNGs, in the same order.
 */
export async function draw(browser, wanted) {
  const pages = new Map();
  const drawn = [];
  for (const { size, scale, html } of wanted) {
    if (!pages.has(scale)) pages.set(scale, await browser.newPage({ deviceScaleFactor: scale }));
    const shown = pages.get(scale);
    await shown.setViewportSize({ width: size, height: size });
    await shown.setContent(html);
    drawn.push(await shown.screenshot({ omitBackground: true }));
  }
  for (const shown of pages.values()) await shown.close();
  return drawn;
}
