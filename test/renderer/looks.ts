import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';

/** A picture is compared by the mean colour of squares this wide: letters' edges do not count, what stands where does. Pixels. */
const square = 16;
/** A square differs when one of its three means is further off than this. Of 255. */
const tolerance = 20;
/** So many squares of a hundred may differ: another release of the browser sets type a little differently. */
const share = 0.75;

const folder = path.join(import.meta.dirname, 'looks');

export interface Look {
  /** Squares of a hundred that differ. */
  differs: number;
  /** Where the first of them are, in pixels of the first picture. */
  where: string[];
}

interface Picture {
  png: Buffer;
  /** Width of a square to be taken as one, in this picture's pixels. */
  square: number;
}

/** Pictures by their squares: the first made small, and where another of the same number of squares differs from it. */
async function inSquares(browser: Browser, picture: Picture, other?: Picture): Promise<Look & { small: Buffer }> {
  // Pictures are read in a page of their own: the one looked at allows no data of elsewhere.
  const bench = await browser.newPage();
  try {
    const answer = await bench.evaluate(
      async ({ pictures, tolerance }) => {
        const smaller = async ({ base64, square }: { base64: string; square: number }) => {
          const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
          const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
          const context = canvas.getContext('2d', { willReadFrequently: true })!;
          context.drawImage(bitmap, 0, 0);
          const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
          const columns = Math.floor(image.width / square);
          const rows = Math.floor(image.height / square);
          const small = new ImageData(columns, rows);
          for (let row = 0; row < rows; row++) {
            for (let column = 0; column < columns; column++) {
              const sum = [0, 0, 0];
              for (let y = 0; y < square; y++) {
                for (let x = 0; x < square; x++) {
                  const at = ((row * square + y) * image.width + column * square + x) * 4;
                  for (let c = 0; c < 3; c++) sum[c]! += image.data[at + c]!;
                }
              }
              const at = (row * columns + column) * 4;
              for (let c = 0; c < 3; c++) small.data[at + c] = Math.round(sum[c]! / square ** 2);
              small.data[at + 3] = 255;
            }
          }
          return small;
        };
        const [small, before] = await Promise.all(pictures.map(smaller));
        const { width: columns, height: rows } = small!;
        const canvas = new OffscreenCanvas(columns, rows);
        canvas.getContext('2d')!.putImageData(small!, 0, 0);
        const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
        const png = btoa(String.fromCharCode(...bytes));
        if (!before) return { png, differs: 0, where: [] };
        if (before.width !== columns || before.height !== rows) return { png, differs: 100, where: ['another size'] };
        const where: string[] = [];
        let off = 0;
        for (let i = 0; i < columns * rows; i++) {
          let most = 0;
          for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs(small!.data[i * 4 + c]! - before.data[i * 4 + c]!));
          if (most <= tolerance) continue;
          off++;
          const { square } = pictures[0]!;
          if (where.length < 8) where.push(`${(i % columns) * square},${Math.floor(i / columns) * square} by ${most}`);
        }
        return { png, differs: (100 * off) / (columns * rows), where };
      },
      {
        pictures: [picture, ...(other ? [other] : [])].map(({ png, square }) => ({ base64: png.toString('base64'), square })),
        tolerance,
      },
    );
    return { differs: answer.differs, where: answer.where, small: Buffer.from(answer.png, 'base64') };
  } finally {
    await bench.close();
  }
}

/**
 * Compares the page with the picture kept of it, one pixel a square. With LOOKS=write it keeps the present one instead.
 * @throws Error when there is no picture of that name.
 */
export async function look(browser: Browser, page: Page, name: string): Promise<Look> {
  const file = path.join(folder, `${name}.png`);
  const shot = { png: await page.screenshot({ animations: 'disabled' }), square };
  if (process.env['LOOKS'] === 'write') {
    const { small, ...same } = await inSquares(browser, shot);
    writeFileSync(file, small);
    return same;
  }
  if (!existsSync(file)) throw new Error(`There is no picture "${name}". Make it with LOOKS=write and look at it.`);
  return inSquares(browser, shot, { png: readFileSync(file), square: 1 });
}

/** Compares two screenshots, the second `scale` times as large as the first. `scale` times 16 must be whole. */
export function lookLarger(browser: Browser, one: Buffer, larger: Buffer, scale: number): Promise<Look> {
  return inSquares(browser, { png: one, square }, { png: larger, square: square * scale });
}

/** One line when the page looks other than kept, none when not. */
export async function lookProblems(browser: Browser, page: Page, name: string): Promise<string[]> {
  const { differs, where } = await look(browser, page, name);
  return differs <= share ? [] : [`${name}: ${differs.toFixed(1)} of 100 squares differ, the first at ${where.join('; ')}`];
}
