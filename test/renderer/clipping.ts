import type { Page } from 'playwright-core';

/**
 * What of the page cannot be read or used as it stands, one line each:
 * - text cut by a box that does not scroll, unless the whole of it is a tooltip;
 * - text outside the window and in nothing that scrolls;
 * - text that runs out of what it is drawn on;
 * - controls under something else.
 */
export function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const slack = 1.5;
    const name = (element: Element): string => {
      const own = element.tagName.toLowerCase();
      const classes = typeof element.className === 'string' ? element.className.split(/\s+/).filter(Boolean).slice(0, 2).join('.') : '';
      return `${own}${classes ? `.${classes}` : ''}`;
    };
    const where = (element: Element) => `${name(element.parentElement ?? element)} > ${name(element)}`;
    const style = (element: Element) => getComputedStyle(element);
    const isHidden = (element: Element) => !element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    /** Kept for readers alone. */
    const isForReaders = (element: Element) => {
      for (let at: Element | null = element; at; at = at.parentElement) if (style(at).clipPath.startsWith('inset(')) return true;
      return false;
    };
    const hasTooltip = (element: Element, text: string) => {
      const said = element.closest('[title]');
      return said !== null && (said.getAttribute('title') ?? '').length >= Math.min(3, text.length);
    };
    const cuts = (overflow: string) => overflow === 'hidden' || overflow === 'clip';

    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = (node.textContent ?? '').trim();
      const parent = node.parentElement;
      if (text === '' || !parent || parent.closest('option, script, style, noscript, svg') || isHidden(parent) || isForReaders(parent))
        continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      let x = true;
      let y = true;
      let isOnGround = false;
      for (let at: Element | null = parent; at && at !== document.documentElement && (x || y); at = at.parentElement) {
        const look = style(at);
        const edge = at.getBoundingClientRect();
        const overX = box.left < edge.left - slack || box.right > edge.right + slack;
        const overY = box.top < edge.top - slack || box.bottom > edge.bottom + slack;
        if (
          at !== document.body &&
          ((x && cuts(look.overflowX) && overX) || (y && cuts(look.overflowY) && overY)) &&
          !hasTooltip(parent, text)
        )
          found.add(`cut: "${text.slice(0, 50)}" in ${where(parent)}, by ${name(at)}`);
        if (!isOnGround) {
          const hasEdge = look.borderTopStyle !== 'none' && Number.parseFloat(look.borderTopWidth) > 0;
          isOnGround = hasEdge || look.backgroundColor !== 'rgba(0, 0, 0, 0)';
          if (isOnGround && (overX || overY) && look.overflow === 'visible')
            found.add(`runs out of ${name(at)}: "${text.slice(0, 50)}" in ${where(parent)}`);
          // What is laid over the page, or scrolls, has no ground of its own.
          isOnGround ||= look.position === 'absolute' || look.position === 'fixed' || look.overflowY !== 'visible';
        }
        // What scrolls shows it when asked; a body that is never wider or higher than the window is none.
        if (/auto|scroll/.test(look.overflowX)) x = false;
        if (/auto|scroll/.test(look.overflowY)) y = false;
        if (x && cuts(look.overflowX)) x = at === document.body;
        if (y && cuts(look.overflowY)) y = at === document.body;
        if (look.position === 'fixed') break;
      }
      if ((x && (box.left < -slack || box.right > innerWidth + slack)) || (y && (box.top < -slack || box.bottom > innerHeight + slack)))
        found.add(`outside the window: "${text.slice(0, 50)}" in ${where(parent)}`);
    }

    /** The part of an element that is in view. */
    const visibleBox = (element: Element) => {
      const box = element.getBoundingClientRect();
      let [left, top, right, bottom] = [
        Math.max(0, box.left),
        Math.max(0, box.top),
        Math.min(innerWidth, box.right),
        Math.min(innerHeight, box.bottom),
      ];
      for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
        const look = style(at);
        if (look.overflowX === 'visible' && look.overflowY === 'visible') continue;
        const edge = at.getBoundingClientRect();
        [left, top, right, bottom] = [
          Math.max(left, edge.left),
          Math.max(top, edge.top),
          Math.min(right, edge.right),
          Math.min(bottom, edge.bottom),
        ];
      }
      return { box, left, top, right, bottom };
    };
    /** What sticks to an edge of a scroller lies over what is scrolled under it, which scrolling shows. */
    const isScrolledUnder = (control: Element, hit: Element) => {
      let stuck: Element | null = hit;
      while (stuck && style(stuck).position !== 'sticky') stuck = stuck.parentElement;
      return stuck !== null && !stuck.contains(control) && stuck.parentElement?.contains(control) === true;
    };
    const controls = 'button, a[href], input, select, textarea, [role=radio], [role=slider]';
    const dialog = document.querySelector('dialog[open]:modal');
    for (const control of (dialog ?? document.body).querySelectorAll(controls)) {
      // One that lets the pointer through is worked by what lies under it.
      if (isHidden(control) || isForReaders(control) || style(control).pointerEvents === 'none') continue;
      const { box, left, top, right, bottom } = visibleBox(control);
      if (right - left < 4 || bottom - top < 4) {
        continue;
      }
      const isWhole = right - left >= box.width - slack && bottom - top >= box.height - slack;
      if (!isWhole) continue;
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      // In a narrow window the inspector opens over the screen, and is closed to go on there.
      const over = hit?.closest('aside.inspector');
      if (!hit || (over && style(over).position === 'absolute' && !over.contains(control))) continue;
      const label = control instanceof HTMLInputElement ? control.closest('label') : null;
      if (isScrolledUnder(control, hit)) continue;
      // A client's chip may fly over another one.
      if (control.matches('[data-client]') && hit.closest('[data-client]')) continue;
      if (control.contains(hit) || hit.contains(control) || label?.contains(hit)) continue;
      const words = (control.getAttribute('aria-label') ?? control.textContent ?? '').trim().slice(0, 40) || name(control);
      found.add(`covered: "${words}" in ${where(control)}, by ${where(hit)}`);
    }
    return [...found];
  });
}
