/** What a hand does to a part, as it can be shown on a part nobody touches: `data-show="hover"`. */
const shown: readonly (readonly [pseudo: RegExp, instead: string])[] = [
  [/:focus-within/g, ':is([data-show~=focus], :has([data-show~=focus]))'],
  [/:focus-visible/g, '[data-show~=focus]'],
  [/:hover/g, '[data-show~=hover]'],
  [/:active/g, '[data-show~=active]'],
];

/** The selector that shows what `selector` says of the pointer or the focus; undefined when it says nothing of them. */
export function shownSelector(selector: string): string | undefined {
  const next = shown.reduce((text, [pseudo, instead]) => text.replace(pseudo, instead), selector);
  return next === selector ? undefined : next;
}

function repeat(list: CSSStyleSheet | CSSGroupingRule): (() => void)[] {
  const ends: (() => void)[] = [];
  // Backwards, because each addition moves what follows.
  for (let i = list.cssRules.length - 1; i >= 0; i--) {
    const rule = list.cssRules[i];
    if (rule instanceof CSSGroupingRule && !(rule instanceof CSSStyleRule)) ends.push(...repeat(rule));
    if (!(rule instanceof CSSStyleRule)) continue;
    const selector = shownSelector(rule.selectorText);
    if (selector === undefined) continue;
    const at = list.insertRule(`${selector} { ${rule.style.cssText} }`, i + 1);
    const added = list.cssRules[at];
    ends.push(() => {
      const place = [...list.cssRules].indexOf(added!);
      if (place >= 0) list.deleteRule(place);
    });
  }
  return ends;
}

/**
 * Lets the page's own rules for hover, focus and press also hold for what carries `data-show`: what is shown is what the
 * rules say and never a copy of them. @returns a function that takes the additions away.
 */
export function showPseudo(sheets: Iterable<CSSStyleSheet> = document.styleSheets): () => void {
  const ends = [...sheets].flatMap(repeat);
  return () => {
    for (const end of ends) end();
  };
}
