import { useSyncExternalStore } from 'react';

/** The text size that style sheets and scripts state their lengths for, in CSS pixels. */
const usual = 16;

const watchers = new Set<() => void>();
let scale: number | undefined;

/** Reads the scale, and again whenever something as wide as the text is high takes another width. */
function watch(): number {
  const read = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / usual || 1;
  const probe = document.createElement('i');
  probe.ariaHidden = 'true';
  probe.style.cssText = 'position: absolute; visibility: hidden; width: 100rem; height: 0';
  document.body.append(probe);
  new ResizeObserver(() => {
    const next = read();
    if (next === scale) return;
    scale = next;
    for (const watcher of watchers) watcher();
  }).observe(probe);
  return read();
}

/**
 * How much larger than usual (16 px) the user wants text: 1.5 at 24 px. Style sheets follow it by themselves; this is for measures in
 * scripts. Read once, and again when it changes.
 */
export function textScale(): number {
  return (scale ??= watch());
}

/** `textScale`, rendering anew when it changes. */
export function useTextScale(): number {
  return useSyncExternalStore(onTextScale, textScale);
}

/** Calls back when the scale has changed; returns how to end that. */
export function onTextScale(callback: () => void): () => void {
  watchers.add(callback);
  return () => {
    watchers.delete(callback);
  };
}

/** A length for an element's own style that grows with the text. `pixels` at the usual text size. */
export function inRem(pixels: number): string {
  return `${pixels / usual}rem`;
}
