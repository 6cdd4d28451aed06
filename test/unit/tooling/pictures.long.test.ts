import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';

/** The committed pictures are those of the SVG files beside them. */

interface Picture {
  file: string;
  size: number;
  scale: number;
  html: string;
}
const script = new URL('../../../scripts/lib/pictures.mjs', import.meta.url).href;
const { draw, pictures } = (await import(script)) as {
  pictures(): Picture[];
  draw(browser: Browser, wanted: Picture[]): Promise<Buffer[]>;
};

const root = path.resolve(import.meta.dirname, '../../..');
const committed = (file: string) => readFileSync(path.join(root, file));
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** For each pair of pictures the mean difference of their colours and opacity, 0–255; Infinity when they differ in size. */
async function differences(pairs: [Buffer, Buffer][]): Promise<number[]> {
  const page = await browser.newPage();
  try {
    return await page.evaluate(
      async (all) => {
        const pixels = async (base64: string) => {
          const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
          const image = await createImageBitmap(blob);
          const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
          context.drawImage(image, 0, 0);
          return context.getImageData(0, 0, image.width, image.height);
        };
        const found: number[] = [];
        for (const [one, other] of all) {
          const [a, b] = [await pixels(one!), await pixels(other!)];
          const same = a.width === b.width && a.height === b.height;
          let sum = 0;
          for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
          found.push(same ? sum / a.data.length : Infinity);
        }
        return found;
      },
      pairs.map((pair) => pair.map((png) => png.toString('base64'))),
    );
  } finally {
    await page.close();
  }
}

it('are all there, and nothing else is', () => {
  const there = ['resources/icon.png', ...readdirSync(path.join(root, 'resources/tray')).map((name) => `resources/tray/${name}`)];
  expect(
    pictures()
      .map(({ file }) => file)
      .sort(),
  ).toEqual(there.filter((file) => file.endsWith('.png')).sort());
});

it('have the size they say', () => {
  for (const { file, size, scale } of pictures()) {
    const png = committed(file);
    expect([file, png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([file, size * scale, size * scale]);
  }
  // What electron-builder needs to make every platform's icon.
  expect(committed('resources/icon.png').readUInt32BE(16)).toBe(1_024);
});

// Another Chromium may draw an edge a shade darker; another drawing differs by more.
const sameDrawing = 0.5;

it('are drawn as the SVG has them now', async () => {
  const all = pictures();
  const drawn = await draw(browser, all);
  const off = await differences(all.map(({ file }, i) => [committed(file), drawn[i]!]));
  expect(all.filter((_, i) => !(off[i]! < sameDrawing)).map(({ file }) => file)).toEqual([]);
}, 60_000);

it('are told from another drawing', async () => {
  const [icon, ...tray] = pictures();
  const healthy = tray.find(({ file }) => file.endsWith('/healthy.png'))!;
  const down = tray.find(({ file }) => file.endsWith('/down.png'))!;
  const moved = { ...icon!, html: icon!.html.replace('cy="136"', 'cy="160"') };
  const [other, glyph] = await draw(browser, [moved, down]);
  const off = await differences([
    [committed(icon!.file), other!],
    [committed(healthy.file), glyph!],
  ]);
  expect(off.every((one) => one > sameDrawing)).toBe(true);
}, 60_000);
