import type { ReactNode } from 'react';
import { type EffectiveState, stateLooks } from './effective-state.ts';

interface Shape {
  ring: (color: string, progress: number) => ReactNode;
  glyph: (color: string) => ReactNode;
}

const circle = (color: string, width: number, extra?: { dash?: string; round?: boolean; turn?: number; opacity?: number; r?: number }) => (
  <circle
    cx="16"
    cy="16"
    r={extra?.r ?? 13.5}
    fill="none"
    stroke={color}
    strokeWidth={width}
    strokeDasharray={extra?.dash}
    strokeLinecap={extra?.round ? 'round' : 'butt'}
    opacity={extra?.opacity}
    transform={extra?.turn === undefined ? undefined : `rotate(${extra.turn} 16 16)`}
  />
);

const stroke = (color: string, d: string, width = 2.6) => (
  <path d={d} fill="none" stroke={color} strokeWidth={width} strokeLinecap="round" strokeLinejoin="round" />
);

/** Circumference of the ring's middle line. */
const round = 2 * Math.PI * 13.5;

const shapes: Record<EffectiveState, Shape> = {
  healthy: { ring: (c) => circle(c, 3), glyph: (c) => stroke(c, 'M10.8 16.4l3.6 3.6 6.9-7.4') },
  checking: {
    ring: (c) => circle(c, 3.2, { dash: '0.1 6.02', round: true }),
    glyph: (c) => (
      <>
        {circle(c, 2, { r: 6.5 })}
        <path d="M16 16V9.5A6.5 6.5 0 0 1 22.5 16z" fill={c} />
      </>
    ),
  },
  draining: {
    ring: (c, progress) => (
      <>
        {circle(c, 3, { opacity: 0.28 })}
        {circle(c, 3, { dash: `${(progress * round).toFixed(2)} ${round.toFixed(2)}`, turn: -90 })}
      </>
    ),
    glyph: (c) => stroke(c, 'M16 9.6v12M10.9 16.8l5.1 5.1 5.1-5.1'),
  },
  backup: {
    ring: (c) => (
      <>
        {circle(c, 1.8, { r: 14.2 })}
        {circle(c, 1.8, { r: 10.6 })}
      </>
    ),
    glyph: (c) => stroke(c, 'M13.2 11.4h3.1a2.2 2.2 0 0 1 0 4.5h-3.1zM13.2 15.9h3.6a2.35 2.35 0 0 1 0 4.7h-3.6z', 1.9),
  },
  down: {
    ring: (c) => circle(c, 3, { dash: '20 8.27', turn: -50 }),
    glyph: (c) => stroke(c, 'M11.5 11.5l9 9M20.5 11.5l-9 9', 2.8),
  },
  rejecting: {
    ring: (c) => circle(c, 3.6, { dash: '1.6 1.93' }),
    glyph: (c) => (
      <>
        {circle(c, 2.2, { r: 6.5 })}
        {stroke(c, 'M11.6 20.4l8.8-8.8', 2.2)}
      </>
    ),
  },
};

export interface StateRingProps {
  state: EffectiveState;
  /** Pixels at the usual text size. Default 32. */
  size?: number;
  /** draining: the share of the drain's time that remains, 0–1. Default 1. */
  progress?: number;
  /** Leave out where the state's word stands beside it; give it where the ring stands alone. */
  label?: string;
}

/** One node's state: a ring and a glyph, each telling the six states apart without colour. */
export function StateRing({ state, size = 32, progress = 1, label }: StateRingProps) {
  const shape = shapes[state];
  const color = stateLooks[state].color;
  return (
    <svg
      data-ring={state}
      width={size}
      height={size}
      viewBox="0 0 32 32"
      style={{ display: 'block', flex: 'none' }}
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {shape.ring(color, Math.min(1, Math.max(0, progress)))}
      {shape.glyph(color)}
    </svg>
  );
}
