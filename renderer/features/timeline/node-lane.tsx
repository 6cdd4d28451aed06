import { memo, type ReactNode } from 'react';
import { type EffectiveState, stateLooks } from '../../ui/effective-state.ts';
import { StateRing } from '../../ui/state-ring.tsx';
import { inRem } from '../../ui/text-scale.ts';
import type { Piece } from './lanes.ts';

/** Heights of a lane's row and where the middle of its bar is. As all lengths of the lanes in pixels at the usual text size. */
export const laneHeight = 28;
const middle = laneHeight / 2;

/** What a lane draws on: lengths inside are pixels at the usual text size, on the page they grow with it. */
export function LaneDrawing({ width, height = laneHeight, children }: { width: number; height?: number; children: ReactNode }) {
  return (
    <svg
      viewBox={`0 0 ${Math.max(1, width)} ${height}`}
      style={{ width: inRem(width), height: inRem(height) }}
      fontSize="12"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** Hatchings that all lanes of the card share. */
export function LanePatterns() {
  return (
    <svg width="0" height="0" style={{ position: 'absolute' }} aria-hidden="true">
      <defs>
        <pattern id="lane-down" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="2.2" height="6" fill="var(--st-down)" />
        </pattern>
        <pattern id="lane-draining" width="9" height="9" patternUnits="userSpaceOnUse">
          <rect width="6" height="9" fill="var(--st-draining)" />
        </pattern>
        <pattern id="lane-rejecting" width="4" height="4" patternUnits="userSpaceOnUse">
          <rect width="2" height="4" fill="var(--st-rejecting)" />
        </pattern>
        <pattern id="lane-gap" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
          <rect width="1" height="8" fill="var(--control)" />
        </pattern>
      </defs>
    </svg>
  );
}

/** A state's own pattern: told without colour too. */
function Bar({ state, x, width }: { state: EffectiveState; x: number; width: number }) {
  switch (state) {
    case 'healthy':
      return <rect x={x} y={middle - 5} width={width} height="10" rx={Math.min(2, width / 2)} fill="var(--st-healthy)" />;
    case 'checking':
      return width < 3 ? (
        <rect x={x} y={middle - 5} width={width} height="10" fill="var(--st-checking)" />
      ) : (
        <rect
          x={x + 0.75}
          y={middle - 5.25}
          width={width - 1.5}
          height="10.5"
          fill="none"
          stroke="var(--st-checking)"
          strokeWidth="1.5"
          strokeDasharray="2 3"
        />
      );
    case 'down':
      return <rect x={x} y={middle - 7.5} width={width} height="15" fill="url(#lane-down)" stroke="var(--st-down)" />;
    case 'draining':
      return <rect x={x} y={middle - 5} width={width} height="10" fill="url(#lane-draining)" />;
    case 'backup':
      return <path d={`M${x} ${middle - 4}h${width}M${x} ${middle + 4}h${width}`} stroke="var(--st-backup)" strokeWidth="2" />;
    case 'rejecting':
      return <rect x={x} y={middle - 5} width={width} height="10" fill="url(#lane-rejecting)" />;
  }
}

/** "timed out" of "2 of 2 checks timed out": what fits beside the word. */
const short = (reason: string) =>
  reason
    .replace(/^\d+ of \d+ checks? /, '')
    .replace(/[.(].*$/, '')
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
    .trim();

function Label({ piece, view }: { piece: Piece; view: number }) {
  const x = Math.max(0, piece.x);
  const width = Math.min(view, piece.x + piece.width) - x;
  const { word, className } = stateLooks[piece.state];
  const why = piece.state === 'down' ? short(piece.reason) : '';
  const whole = why ? `${word}, ${why}` : word;
  const widthOf = (text: string) => text.length * 6.4 + 30;
  const text = width > widthOf(whole) + 16 ? whole : width > widthOf(word) + 8 ? word : '';
  // Dashes are so fine that a glyph in a short stretch would leave nothing of them.
  if (text === '' && width < (piece.state === 'checking' ? 44 : 26)) return null;
  const box = text === '' ? 18 : widthOf(text);
  const left = x + width / 2 - box / 2;
  return (
    <g>
      <rect x={left} y={middle - 8} width={box} height="16" rx="3" fill="var(--surface)" />
      <g transform={`translate(${left + 3} ${middle - 6})`}>
        <StateRing state={piece.state} size={12} />
      </g>
      {text === '' ? null : (
        <text x={left + 20} y={middle + 4} className={className} fill="currentColor" fontSize="12" fontWeight="600">
          {text}
        </text>
      )}
    </g>
  );
}

interface NodeLaneProps {
  pieces: readonly Piece[];
  width: number;
}

/** One node's states over time. */
export const NodeLaneBars = memo(function NodeLaneBars({ pieces, width }: NodeLaneProps) {
  return (
    <LaneDrawing width={width}>
      {pieces.map((piece, i) => (
        <Bar key={i} {...piece} />
      ))}
      {pieces.map((piece, i) => (piece.state === 'healthy' ? null : <Label key={i} piece={piece} view={width} />))}
    </LaneDrawing>
  );
});
