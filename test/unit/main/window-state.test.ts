import { describe, expect, it } from 'vitest';
import { boundsToOpen, defaultSize, minimumSize } from '../../../electron/main/window-state.ts';

const display = { x: 0, y: 0, width: 1920, height: 1080 };
const saved = (x: number, y: number, width = 1200, height = 700) => ({ bounds: { x, y, width, height }, maximized: false });

describe('where the window opens', () => {
  it('is where it was left', () => {
    expect(boundsToOpen(saved(100, 50), [display])).toEqual({ x: 100, y: 50, width: 1200, height: 700 });
  });

  it('is a place the system chooses when its display is gone', () => {
    expect(boundsToOpen(saved(2500, 50), [display])).toEqual({ width: 1200, height: 700 });
    expect(boundsToOpen(saved(100, -400), [display])).toEqual({ width: 1200, height: 700 });
  });

  it('is never smaller than the screens need', () => {
    expect(boundsToOpen(saved(0, 0, 10, 10), [display])).toEqual({ x: 0, y: 0, ...minimumSize });
  });

  it.each([undefined, null, 'x', {}, { bounds: { x: 'a' } }])('is the default for damaged state %j', (state) => {
    expect(boundsToOpen(state, [display])).toEqual(defaultSize);
  });
});
