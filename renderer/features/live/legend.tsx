import { Pin } from 'lucide-react';
import type { MapScales } from '../../map/flow-map.ts';
import { formatCount } from '../../ui/format.ts';
import { inRem } from '../../ui/text-scale.ts';
import type { Movements } from './departures.ts';
import css from './live.module.css';

interface LegendProps {
  scales: MapScales;
  packed: boolean;
  /** Clients are small chips: filled when they ask, hollow when idle. */
  dense: boolean;
  /** Clients a square stands for. */
  perSquare: number;
  pinned: boolean;
  movements: Movements;
}

/** Height of the legend's piece of band, in pixels. */
const sample = 8;

const times = (count: number, one: string) => `${formatCount(count)} ${count === 1 ? one : `${one}s`}`;

/** What the map's marks stand for, at the scale they have now. */
export function Legend({ scales, packed, dense, perSquare, pinned, movements }: LegendProps) {
  return (
    <div className={css['legendFrame']}>
      <div className={css['legend']}>
        <span>
          <svg width={inRem(8)} height={inRem(8)} viewBox="0 0 8 8" aria-hidden="true">
            <circle cx="4" cy="4" r="2" fill="var(--flow)" />
          </svg>
          <span>
            <b>1 dot</b> = {times(scales.requestsPerDot, 'request')}
          </span>
        </span>
        <span>
          <svg width={inRem(10)} height={inRem(10)} viewBox="0 0 10 10" aria-hidden="true">
            <rect x="2" y="2" width="6" height="6" fill="var(--st-down)" transform="rotate(45 5 5)" />
          </svg>
          <span>
            <b>diamond</b> = {times(scales.errorsPerDiamond, 'error')}
          </span>
        </span>
        <span>
          <svg width={inRem(22)} height={inRem(12)} viewBox="0 0 22 12" aria-hidden="true">
            <rect y="2" width="22" height={sample} fill="var(--band-on)" />
          </svg>
          <span className="num">
            <b>band</b> = rate, this is {formatCount(sample / scales.pixelsPerRate)} req/s
          </span>
        </span>
        <span className={css['speed']}>
          <span>
            <b>dot speed</b> = latency
          </span>
        </span>
        <span className={css['grow']} />
        {movements.came.size > 0 && !packed ? (
          <span className={css[dense ? 'roomy' : 'optional']}>
            <i className={css['sampleMoved']} /> just moved
          </span>
        ) : null}
        {movements.left.size > 0 && !packed ? (
          <span className={css[dense ? 'roomy' : 'optional']}>
            <i className={css['sampleGhost']} /> was here
          </span>
        ) : null}
        {packed ? (
          <span>
            <svg width={inRem(12)} height={inRem(10)} viewBox="0 0 12 10" aria-hidden="true">
              <rect y="3" width="4" height="4" fill="var(--flow)" />
              <rect x="7" y="3" width="4" height="4" fill="var(--idle)" />
            </svg>
            1 square = {times(perSquare, 'client')}, active or idle
          </span>
        ) : dense ? (
          <span>
            <svg width={inRem(24)} height={inRem(10)} viewBox="0 0 24 10" aria-hidden="true">
              <rect x="0.5" y="0.5" width="9" height="9" rx="2.5" fill="var(--control)" stroke="var(--line-strong)" />
              <rect x="13.5" y="0.5" width="9" height="9" rx="2.5" fill="none" stroke="var(--control)" />
            </svg>
            1 square = 1 client, active or idle
          </span>
        ) : pinned ? (
          <span className={css['optional']}>
            <Pin size={12} aria-hidden /> pinned
          </span>
        ) : null}
      </div>
    </div>
  );
}
