import { useLayoutEffect, useRef, useState } from 'react';
import type { Incident, Run } from '../../../shared/model/run.ts';
import { nodeKey } from '../../../shared/state/patch.ts';
import { Card } from '../../ui/card.tsx';
import { FilterSelect, type Choice } from '../../ui/select.tsx';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { inRem, useTextScale } from '../../ui/text-scale.ts';
import { alignAt, alignedSpan, compareIncidents, compareRuns, settingDifferences } from './compare.ts';
import { lanesOf, piecesOf } from './lanes.ts';
import { laneHeight, NodeLaneBars } from './node-lane.tsx';
import { axisStep } from './time-view.ts';
import css from './compare-card.module.css';

interface CompareCardProps {
  run: Run;
  incident: Incident | undefined;
  other: Run | null;
  /** Why the other could not be read; empty when it could. */
  problem: string;
  chosen: string;
  choices: readonly Choice[];
  onChoose: (value: string) => void;
}

interface Side {
  run: Run;
  incident: Incident;
}

/** The two failing nodes' lanes, one under the other, at the same distance from their fault. */
function Aligned({ a, b }: { a: Side; b: Side }) {
  const box = useRef<HTMLDivElement>(null);
  const scale = useTextScale();
  // In pixels at the usual text size.
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(box.current!.clientWidth / scale);
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    measure();
    return () => observer.disconnect();
  }, [scale]);
  const span = alignedSpan(a.incident, b.incident);
  const zero = (span.before / (span.before + span.after)) * width;
  const step = axisStep({ from: 0, to: span.before + span.after }, width, 64);
  const marks = Array.from({ length: Math.floor(span.after / step) }, (_, i) => (i + 1) * step);
  const sign = a.incident.faultAt !== null && b.incident.faultAt !== null ? 'fault' : 'first sign';
  const lane = ({ run, incident }: Side) => {
    const at = alignAt(incident);
    const view = { from: at - span.before, to: at + span.after };
    const steps = lanesOf(run)
      .pools.flatMap((pool) => pool.nodes)
      .find((node) => node.key === nodeKey(incident.pool, incident.node))?.steps;
    const first = Math.max(view.from, run.startedAt);
    return steps
      ? piecesOf(steps, view, width, run.endedAt).filter(
          (piece) => piece.x + piece.width > ((first - view.from) / (view.to - view.from)) * width,
        )
      : [];
  };
  return (
    <div className={css['aligned']} role="img" aria-label={`Both lanes, aligned at the ${sign}`}>
      <div className={css['side']}>
        <span />
        <div ref={box} className={`num ${css['axis']}`}>
          <span style={{ left: inRem(zero) }} className={css['zero']}>
            {sign}
          </span>
          {marks.map((mark) => {
            const x = zero + (mark / (span.before + span.after)) * width;
            return x < zero + 60 || x > width - 16 ? null : (
              <span key={mark} style={{ left: inRem(x) }}>
                +{mark < 1_000 ? `${mark / 1_000}` : Math.round(mark / 1_000)} s
              </span>
            );
          })}
        </div>
      </div>
      {[a, b].map((side, i) => (
        <div key={i} className={css['side']}>
          <span className={css['of']}>
            <MiddleTruncate text={side.run.name} keep={8} />
          </span>
          <div className={css['track']} style={{ height: inRem(laneHeight) }}>
            <NodeLaneBars pieces={lane(side)} width={width} />
            <i style={{ left: inRem(zero) }} />
          </div>
        </div>
      ))}
    </div>
  );
}

/** This run beside another: their numbers, what they were set up with, and their lanes from the same moment on. */
export function CompareCard({ run, incident, other, problem, chosen, choices, onChoose }: CompareCardProps) {
  const theirs = other?.score.incidents[0];
  const rows = other ? (incident && theirs ? compareIncidents(incident, theirs) : compareRuns(run, other)) : [];
  const settings = other ? settingDifferences(run, other) : [];
  return (
    <Card as="section" className={css['card']} aria-label="Compare">
      <div className={css['head']}>
        <h2>Compare</h2>
        {choices.length > 0 ? (
          <FilterSelect
            label="Compare with"
            value={chosen}
            choices={[{ value: '', label: 'with another run' }, ...choices]}
            onChange={onChoose}
          />
        ) : null}
      </div>
      {problem ? (
        <p role="alert" className={css['none']}>
          {problem}
        </p>
      ) : null}
      {!other && !problem ? (
        <p className={css['none']}>
          {choices.length > 0
            ? 'Choose a run to see both side by side.'
            : 'No other run yet. Scenarios of the Lab, saved stretches and files you open can be compared with this.'}
        </p>
      ) : null}
      {other ? (
        <>
          <table className={`num ${css['table']}`}>
            <thead>
              <tr>
                <th scope="col">Measure</th>
                <th scope="col" title={run.name}>
                  <MiddleTruncate text={run.name} keep={8} />
                </th>
                <th scope="col" title={other.name}>
                  <MiddleTruncate text={other.name} keep={8} />
                </th>
                <th scope="col">Difference</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.measure}>
                  <th scope="row">{row.measure}</th>
                  <td>
                    <b>{row.a}</b>
                  </td>
                  <td>{row.b}</td>
                  <td className="muted">{row.difference}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className={css['settings']}>
            {settings.length === 0
              ? 'Both ran with the same settings, as far as they were recorded.'
              : settings
                  .slice(0, 6)
                  .map((one) => `${one.name}: ${one.a} against ${one.b}`)
                  .join('. ')
                  .concat('.')}
          </p>
          {incident && theirs ? <Aligned a={{ run, incident }} b={{ run: other, incident: theirs }} /> : null}
        </>
      ) : null}
    </Card>
  );
}
