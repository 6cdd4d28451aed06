import { type MouseEvent, useState } from 'react';
import type { Client } from '../../../shared/model/metrics.ts';
import { formatCount } from '../../ui/format.ts';
import { inRem } from '../../ui/text-scale.ts';
import { clientWords, isIdle } from './client-label.ts';
import { clientId } from './clients-feed.ts';
import { type Lane, selectionHref } from './live-model.ts';
import css from './client-group.module.css';

interface SquaresProps {
  lane: Lane;
  /** Clients a square stands for; 1 where they are known one by one. */
  perSquare: number;
  now: number;
  selected: string | null;
  onSelect: (client: Client) => void;
}

/** Pixels at the usual text size. */
const square = 3.5;
const pitch = 5;
const squaresPerRow = 36;

const at = (i: number) => ({ x: (i % squaresPerRow) * pitch, y: Math.floor(i / squaresPerRow) * pitch });

/** A square, or the left part of one for fewer clients than it stands for. */
function path(i: number, share = 1): string {
  const { x, y } = at(i);
  return `M${x} ${y}h${(square * share).toFixed(2)}v${square}h${(-square * share).toFixed(2)}z`;
}

/** One square a client; of very many, so many to a square, the active ones first. */
function draw(
  { clients, counted, count, active }: Lane,
  perSquare: number,
  now: number,
): { squares: number; active: string; idle: string } {
  let on = '';
  let off = '';
  if (!counted) {
    clients.forEach((client, i) => {
      if (isIdle(client, now)) off += path(i);
      else on += path(i);
    });
    return { squares: clients.length, active: on, idle: off };
  }
  const squares = Math.ceil(count / perSquare);
  const lit = Math.round(active / perSquare);
  for (let i = 0; i < squares; i++) {
    const piece = path(i, Math.min(1, (count - i * perSquare) / perSquare));
    if (i < lit) on += piece;
    else off += piece;
  }
  return { squares, active: on, idle: off };
}

/** Clients as squares. The pointer finds the one it is over; keys find them in the table that mirrors the map. */
export function Squares({ lane, perSquare, now, selected, onSelect }: SquaresProps) {
  const [over, setOver] = useState<number | null>(null);
  const { squares, active, idle } = draw(lane, perSquare, now);
  const width = squaresPerRow * pitch;
  const height = Math.max(1, Math.ceil(squares / squaresPerRow)) * pitch - (pitch - square);
  const single = !lane.counted;
  const chosen = single ? lane.clients.findIndex((client) => clientId(client.pool, client.key) === selected) : -1;
  const pointed = over !== null && over < squares ? over : null;
  const placeOf = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = width / box.width;
    const column = Math.floor(((event.clientX - box.left) * scale) / pitch);
    const row = Math.floor(((event.clientY - box.top) * scale) / pitch);
    const i = row * squaresPerRow + column;
    return column >= 0 && column < squaresPerRow && row >= 0 && i < squares ? i : null;
  };
  // The place is worked out anew: a press may come before what the pointer moved over is drawn.
  const press = (event: MouseEvent<SVGSVGElement>) => {
    const place = placeOf(event);
    if (place === null) return;
    const client = single ? lane.clients[place] : undefined;
    if (client) onSelect(client);
    else location.hash = selectionHref({ kind: 'node', pool: lane.pool.id, id: lane.node.id });
  };
  const words = () => {
    const client = single && pointed !== null ? lane.clients[pointed] : undefined;
    if (client) return clientWords(client);
    return `${formatCount(lane.count)} clients, ${formatCount(lane.active)} of them active; a square is ${perSquare === 1 ? 'one' : formatCount(perSquare)}`;
  };
  return (
    <div className={css['field']} data-squares>
      <svg
        className={css['squares']}
        viewBox={`0 0 ${width} ${height}`}
        width={inRem(width)}
        height={inRem(height)}
        aria-hidden="true"
        onPointerMove={(event) => setOver(placeOf(event))}
        onPointerLeave={() => setOver(null)}
        onClick={press}
      >
        <rect width={width} height={height} fill="transparent" />
        <path d={active} fill="var(--flow)" />
        <path d={idle} fill="var(--idle)" />
        {[chosen, pointed ?? -1].map((i, n) =>
          i < 0 ? null : <rect key={n} {...at(i)} className={css['mark']} width={square} height={square} />,
        )}
      </svg>
      {pointed === null ? null : (
        <span className={css['tip']} style={{ top: `${((at(pointed).y + pitch) / height) * 100}%` }} aria-hidden="true">
          {words()}
        </span>
      )}
    </div>
  );
}
