import { Check, Square, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { LabRun } from '../../../shared/contract/contract.ts';
import { durationWords } from '../../../shared/model/fault-words.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { onBeat } from '../../ui/beat.ts';
import { Card } from '../../ui/card.tsx';
import type { Act } from './act.ts';
import styles from './lab.module.css';

/** Milliseconds since the run's clock started, renewed twice a second while it runs. */
function useElapsed(run: LabRun): number {
  const [now, setNow] = useState(Date.now);
  const running = run.phase === 'running';
  useEffect(() => (running ? onBeat(() => setNow(Date.now())) : undefined), [running]);
  if (run.startedAt === null) return 0;
  return run.phase === 'done' ? run.durationMs : Math.min(run.durationMs, Math.max(0, now - run.startedAt));
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(0)} s`;

function phaseWords(run: LabRun, elapsed: number): string {
  switch (run.phase) {
    case 'starting':
      return 'The demo starts…';
    case 'warm-up':
      return `Warming up for ${durationWords(run.warmUpMs)}, so that every client has its node`;
    case 'running':
      return `${seconds(elapsed)} of ${seconds(run.durationMs)}`;
    case 'done':
      return run.stopped === null ? verdict(run) : `Stopped: ${run.stopped}`;
  }
}

function verdict({ outcomes, held }: LabRun): string {
  if (held === null) return 'Over; it expects nothing';
  const broken = outcomes.filter((outcome) => !outcome.held).length;
  return held ? `Over: all ${outcomes.length} expectations held` : `Over: ${broken} of ${outcomes.length} expectations broken`;
}

/** The scenario that runs, with its steps, or ran last, with what came of it. */
export function ScenarioRunCard({ run, act }: { run: LabRun; act: Act }) {
  const elapsed = useElapsed(run);
  const next = run.phase === 'running' ? run.steps.findIndex((step) => !step.done) : -1;
  const done = run.phase === 'done';
  return (
    <Card as="section" className={`${styles['card']} ${styles['wide']}`} aria-labelledby="lab-run">
      <div className={styles['runHead']}>
        <h2 id="lab-run">{run.name}</h2>
        <span className={`${styles['phase']} num`} role="status">
          {phaseWords(run, elapsed)}
        </span>
        {done ? null : (
          <Button small onClick={() => void act((client) => client.request('lab.stopScenario', {}))}>
            <Square size={12} aria-hidden="true" />
            Stop the scenario
          </Button>
        )}
        {done && run.runId !== null ? (
          <ButtonLink small look="primary" href={`#/timeline?run=${encodeURIComponent(run.runId)}`}>
            Show in Timeline
          </ButtonLink>
        ) : null}
      </div>
      <div className={styles['track']} aria-hidden="true">
        <div className={styles['past']} style={{ width: `${(100 * elapsed) / run.durationMs}%` }} />
        {run.steps.map((step, i) => (
          <i key={i} className={step.done ? styles['taken'] : undefined} style={{ left: `${(100 * step.atMs) / run.durationMs}%` }} />
        ))}
      </div>
      <div className={styles['runColumns']}>
        <ol className={styles['steps']} aria-label="Steps">
          {run.steps.map((step, i) => (
            <li key={i} className={step.done ? styles['stepDone'] : i === next ? styles['stepNext'] : undefined}>
              <span className="num">{durationWords(step.atMs)}</span>
              <span>{step.words}</span>
              <span className={styles['when']}>
                {step.done ? 'done' : i === next ? `in ${seconds(Math.max(0, step.atMs - elapsed))}` : ''}
              </span>
            </li>
          ))}
        </ol>
        {run.outcomes.length > 0 ? (
          <ul className={styles['outcomes']} aria-label="Expectations">
            {run.outcomes.map(({ held, words }, i) => (
              <li key={i}>
                <span className={held ? styles['held'] : styles['broken']}>
                  {held ? <Check size={12} strokeWidth={2.5} aria-hidden="true" /> : <X size={12} strokeWidth={2.5} aria-hidden="true" />}
                  {held ? 'held' : 'broken'}
                </span>
                <span>{words}</span>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </Card>
  );
}
