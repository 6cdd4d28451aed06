import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shownSelector } from '../../renderer/app/design/show-pseudo.ts';
import { axeProblems, startScreens, type Screens } from './screens-harness.ts';

let screens: Screens;
let page: Page;
let errors: string[];

beforeAll(async () => {
  screens = await startScreens();
  ({ page, errors } = await screens.open('#/design', {}));
}, 60_000);
afterAll(() => screens.close());

const specimen = (part: string, state: string) =>
  page.locator(`section[data-theme=dark] [data-part="${part}"] figure`, {
    has: page.locator(`figcaption:text-is("${state}")`),
  });
const styleOf = (part: string, state: string, control: string, property: string) =>
  specimen(part, state)
    .locator(control)
    .first()
    .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

it('shows every part in both themes, the same parts in the same order', async () => {
  const parts = (theme: string) =>
    page.locator(`section[data-theme=${theme}] [data-part]`).evaluateAll((all) => all.map((one) => one.getAttribute('data-part')));
  const dark = await parts('dark');
  expect(dark).toEqual(await parts('light'));
  for (const part of ['State ring', 'Roll-up ring', 'Button', 'Text field', 'Select', 'Segmented', 'Switch and checkbox', 'Node card'])
    expect(dark).toContain(part);
  for (const part of [
    'Mode control',
    'Clients',
    'Table',
    'Card',
    'Section',
    'Tip',
    'Inspector',
    'Toast',
    'Dialog',
    'Change bar',
    'Live and paused',
    'Replay banner',
  ])
    expect(dark).toContain(part);
  const rings = await page
    .locator('section[data-theme=dark] [data-part="State ring"] [data-ring]')
    .evaluateAll((all) => [...new Set(all.map((one) => one.getAttribute('data-ring')))]);
  expect(rings.sort()).toEqual(['backup', 'checking', 'down', 'draining', 'healthy', 'rejecting']);
});

it('its index leads to each part', async () => {
  const index = page.getByRole('navigation', { name: 'Parts' });
  const parts = page.locator('section[data-theme=dark] [data-part]');
  expect(await index.getByRole('button').allInnerTexts()).toEqual(
    await parts.evaluateAll((all) => all.map((one) => one.getAttribute('data-part'))),
  );
  await index.getByRole('button', { name: 'Replay banner' }).click();
  const banner = parts.and(page.locator('[data-part="Replay banner"]'));
  await expect.poll(() => banner.evaluate((one) => one.getBoundingClientRect().top)).toBeLessThan(300);
  await banner.getByText('Replay, not live').first().waitFor();
});

it('each theme has its own colours beside the other', async () => {
  const ground = (theme: string) => page.locator(`section[data-theme=${theme}]`).evaluate((one) => getComputedStyle(one).backgroundColor);
  expect([await ground('dark'), await ground('light')]).toEqual(['rgb(14, 19, 24)', 'rgb(246, 248, 250)']);
});

it('hover, press and focus are drawn by the rules that hold for a hand', async () => {
  expect(shownSelector('.button:hover')).toBe('.button[data-show~=hover]');
  expect(shownSelector('.box:focus-within')).toBe('.box:is([data-show~=focus], :has([data-show~=focus]))');
  expect(shownSelector('.button')).toBeUndefined();
  const rest = await styleOf('Button', 'plain: rest', 'button', 'background-color');
  const hover = await styleOf('Button', 'plain: hover', 'button', 'background-color');
  expect(hover).not.toBe(rest);
  // What is drawn is what a pointer brings about.
  const button = specimen('Button', 'plain: rest').locator('button');
  await button.hover();
  await expect.poll(() => button.evaluate((one) => getComputedStyle(one).backgroundColor)).toBe(hover);
  expect(await styleOf('Button', 'plain: rest', 'button', 'outline-style')).toBe('none');
  expect(await styleOf('Button', 'plain: focus', 'button', 'outline-style')).toBe('solid');
  expect(await styleOf('Text field', 'focus', 'span:has(> input)', 'outline-style')).toBe('solid');
  expect(await styleOf('Mode control', 'focus', '[role=radio][aria-checked=true]', 'outline-style')).toBe('solid');
});

it('nothing on it acts: a mode is refused in words, a link leads nowhere', async () => {
  const card = specimen('Node card', 'Healthy');
  await card.getByRole('radio', { name: 'Drain' }).click();
  await card.getByRole('alert').getByText('nothing was changed').waitFor();
  await card
    .getByRole('link')
    .first()
    .click({ position: { x: 4, y: 4 } });
  expect(await page.evaluate(() => location.hash)).toBe('#/design');
});

it('is found in the palette', async () => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('design');
  await page.getByRole('option', { name: /Design system/ }).waitFor();
  await page.keyboard.press('Escape');
});

it('axe finds nothing wrong with any part in either theme', async () => {
  expect(await axeProblems(page)).toEqual([]);
  expect(errors).toEqual([]);
}, 40_000);
