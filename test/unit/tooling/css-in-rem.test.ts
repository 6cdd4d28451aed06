import { preprocessCSS, resolveConfig } from 'vite';
import { expect, it } from 'vitest';
import { cssInRem } from '../../../scripts/lib/css-in-rem.ts';

/** A style sheet as a build makes it. */
async function built(css: string): Promise<string> {
  const config = await resolveConfig({ configFile: false, css: { postcss: { plugins: cssInRem } } }, 'build');
  return (await preprocessCSS(css, '/sheet.css', config)).code;
}

it('lengths and conditions follow the text size; edges, shadows, hairlines and what a node is named stay', async () => {
  expect(await built('a { width: 24px; margin: -4px 2px; --t13: 13px; padding: calc(100% - 8px) 1.5px; border-radius: 6px }')).toBe(
    'a { width: 1.5rem; margin: -0.25rem 0.125rem; --t13: 0.8125rem; padding: calc(100% - 0.5rem) 1.5px; border-radius: 0.375rem }',
  );
  const kept = 'a { border-top: 3px dotted red; outline-offset: 4px; box-shadow: inset 3px 0 0 red; content: "16px" }';
  expect(await built(kept)).toBe(kept);
  expect(await built('@media (max-width: 1120px) { a { gap: 8px } } @container (min-width: 561px) { a { top: 1px } }')).toBe(
    '@media (max-width: 70rem) { a { gap: 0.5rem } } @container (min-width: 35.0625rem) { a { top: 1px } }',
  );
});
