import type { ReactNode } from 'react';
import { type EffectiveState, type RollUp, stateLooks } from './effective-state.ts';

/** Above this many nodes an arc a node is too thin to see: arcs are then shares of the ring, one a state. */
const maxArcs = 16;

interface Arc {
  state: EffectiveState;
  /** Degrees, clockwise from the top. */
  from: number;
  to: number;
}

const order: EffectiveState[] = ['healthy', 'checking', 'draining', 'backup', 'rejecting', 'down'];

/** Where each arc of a roll-up ring begins and ends. */
export function rollUpArcs(rollUp: Pick<RollUp, 'states' | 'count' | 'total'>): Arc[] {
  const { states, count, total } = rollUp;
  if (total === 1) return [{ state: states[0]!, from: 0, to: 360 }];
  const parts =
    total <= maxArcs
      ? states.map((state) => ({ state, share: 1 / total }))
      : order.filter((state) => count[state] > 0).map((state) => ({ state, share: count[state] / total }));
  if (parts.length === 1) return [{ state: parts[0]!.state, from: 0, to: 360 }];
  let at = 0;
  return parts.map(({ state, share }) => {
    const span = share * 360;
    const gap = Math.min(26, span * 0.4);
    const arc = { state, from: at + gap / 2, to: at + span - gap / 2 };
    at += span;
    return arc;
  });
}

function dashes(length: number, count: number, gapShare: number): string {
  const dash = length / (count + (count - 1) * gapShare);
  const parts: string[] = [];
  for (let i = 0; i < count; i++) parts.push(dash.toFixed(2), i === count - 1 ? '360' : (dash * gapShare).toFixed(2));
  return parts.join(' ');
}

function ArcLine({ arc, r, width, dash }: { arc: Arc; r: number; width: number; dash: string }) {
  return (
    <circle
      cx="16"
      cy="16"
      r={r}
      fill="none"
      stroke={stateLooks[arc.state].color}
      strokeWidth={width}
      pathLength={360}
      strokeDasharray={dash}
      transform={`rotate(${arc.from - 90} 16 16)`}
    />
  );
}

function drawArc(arc: Arc, key: number): ReactNode {
  const length = arc.to - arc.from;
  const whole = `${length.toFixed(2)} 360`;
  switch (arc.state) {
    case 'down':
      // Hollow: two thin lines where a solid arc would be.
      return (
        <g key={key}>
          <ArcLine arc={arc} r={14.7} width={1.2} dash={whole} />
          <ArcLine arc={arc} r={11.7} width={1.2} dash={whole} />
        </g>
      );
    case 'checking':
      return <ArcLine key={key} arc={arc} r={13.2} width={4} dash={dashes(length, Math.max(3, Math.round(length / 19)), 0.9)} />;
    case 'draining':
      return <ArcLine key={key} arc={arc} r={13.2} width={4} dash={dashes(length, Math.max(3, Math.round(length / 32)), 0.5)} />;
    case 'backup':
      return <ArcLine key={key} arc={arc} r={13.2} width={2} dash={whole} />;
    case 'rejecting':
      return <ArcLine key={key} arc={arc} r={13.2} width={4} dash={dashes(length, Math.max(3, Math.round(length / 9)), 1.4)} />;
    case 'healthy':
      return <ArcLine key={key} arc={arc} r={13.2} width={4} dash={whole} />;
  }
}

function glyph(kind: RollUp['glyph']): ReactNode {
  const line = { fill: 'none', strokeWidth: 2.8, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;
  switch (kind) {
    case 'healthy':
      return <path d="M11.5 16.4l3.2 3.2 5.8-6.4" stroke="var(--st-healthy)" {...line} />;
    case 'checking':
      return (
        <>
          <circle cx="16" cy="16" r="5.5" fill="none" stroke="var(--st-checking)" strokeWidth="2" />
          <path d="M16 16v-5.5a5.5 5.5 0 0 1 5.5 5.5z" fill="var(--st-checking)" />
        </>
      );
    case 'down':
      return <path d="M12 12l8 8M20 12l-8 8" stroke="var(--st-down)" {...line} />;
    case 'none':
      return null;
  }
}

export interface RollUpRingProps {
  rollUp: RollUp;
  /** Pixels at the usual text size. Default 18. */
  size?: number;
  /** Leave out where words stand beside it. */
  label?: string;
}

/** Several nodes as one ring, one arc each; its glyph is never better than the worst of them. */
export function RollUpRing({ rollUp, size = 18, label }: RollUpRingProps) {
  return (
    <svg
      data-rollup={rollUp.glyph}
      width={size}
      height={size}
      viewBox="0 0 32 32"
      style={{ display: 'block', flex: 'none' }}
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {rollUp.total === 0 ? (
        <circle
          cx="16"
          cy="16"
          r="13.2"
          fill="none"
          stroke="var(--muted)"
          strokeWidth="2"
          strokeDasharray="2.5 4.4"
          strokeLinecap="round"
        />
      ) : (
        rollUpArcs(rollUp).map(drawArc)
      )}
      {glyph(rollUp.glyph)}
    </svg>
  );
}
