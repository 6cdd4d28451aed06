import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { Run } from '../../../shared/model/run.ts';
import { structureOf } from '../../../shared/state/run-structure.ts';
import { useTextScale } from '../../ui/text-scale.ts';
import { laneHeight } from './node-lane.tsx';

/** Height of the traffic's line where there is no room to spare, and where there is most. Pixels at the usual text size. */
const leastPlot = 44;
const mostPlot = 240;
/** Lines of the list below, likewise. */
const leastLines = 7;
const mostLines = 24;
const lineHeight = 33;
/** All that stands above, between and below the rows of nodes, with the least plot and the fewest lines. */
const rest = 630;

/** What the height left over is used for: half of it for a taller line of traffic, the rest for more of what happened around. */
export function fillRoom(height: number, rows: number): { plotHeight: number; lines: number } {
  const spare = Math.max(0, height - rest - rows * laneHeight);
  const plotHeight = Math.min(mostPlot, leastPlot + Math.round(spare / 2));
  const lines = leastLines + Math.floor((spare - (plotHeight - leastPlot)) / lineHeight);
  return { plotHeight, lines: Math.min(mostLines, lines) };
}

/** Measures what the Timeline scrolls in. */
export function useRoom(run: Run | null): { content: RefObject<HTMLDivElement | null> } & ReturnType<typeof fillRoom> {
  const content = useRef<HTMLDivElement>(null);
  const scale = useTextScale();
  const [height, setHeight] = useState(0);
  const isThere = run !== null;
  useLayoutEffect(() => {
    const box = content.current;
    if (!box) return;
    const measure = () => setHeight(box.clientHeight / scale);
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    measure();
    return () => observer.disconnect();
  }, [scale, isThere]);
  const pools = run ? structureOf(run).pools : [];
  const rows = pools.reduce((sum, { nodes }) => sum + nodes.length, pools.length > 1 ? pools.length : 0);
  return { content, ...fillRoom(height, rows) };
}
