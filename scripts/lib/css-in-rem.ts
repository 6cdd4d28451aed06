import pxToRem from 'postcss-pxtorem';

type Plugin = ReturnType<typeof pxToRem>;

/** The text size the style sheets are written for, in CSS pixels: what browsers have unless their user says otherwise. */
const usualTextSize = 16;

/** What is as thin as a line is drawn at the screen's own measure. CSS pixels. */
const hairline = 1.5;

/** Edges are no thicker for larger letters; a corner's radius is. */
const edges = [
  'border',
  'border-top',
  'border-right',
  'border-bottom',
  'border-left',
  'border-width',
  'outline',
  'outline-offset',
  'box-shadow',
];

/** The conditions of @media and @container, which postcss-pxtorem leaves or does not know; a rem there is the browser's own text size. */
function conditionInRem(rule: { params: string }): void {
  rule.params = rule.params.replace(/(\d*\.?\d+)px/g, (_, pixels: string) => `${Number(pixels) / usualTextSize}rem`);
}

/**
 * Style sheets say pixels as they are at the usual text size; built ones say rem, so that the whole window grows with the size its
 * user asked the browser for. Edges and hairlines stay as they are.
 */
export const cssInRem: Plugin[] = [
  pxToRem({
    rootValue: usualTextSize,
    propList: ['*', ...edges.map((property) => `!${property}`)],
    minPixelValue: hairline + 0.01,
  }),
  { postcssPlugin: 'conditions-in-rem', AtRule: { media: conditionInRem, container: conditionInRem } },
];
