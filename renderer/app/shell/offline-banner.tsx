import { useEngine } from '../../stores/context.tsx';
import css from './shell.module.css';

/** The cause and what follows from it, where something was `heard` before; what the banner's head or the cause says already is not said again. */
export function whyAndWhatNext(problem: string, heard = true): string {
  const cause = problem.replace(/^Evenkeel does not answer\. ?/, '');
  return [cause, heard ? 'Numbers below are the last ones heard.' : '', /by itself/.test(cause) ? '' : 'Trying again by itself.']
    .filter((words) => words !== '')
    .join(' ');
}

/** Stands above everything while nobody answers. What is below it is then not now, and says so. */
export function OfflineBanner() {
  const offline = useEngine((s) => s.connection === 'offline');
  const problem = useEngine((s) => s.problem);
  const heard = useEngine((s) => s.epoch !== null);
  return (
    <div role="status" aria-live="polite" className={offline ? css['offline'] : 'visually-hidden'}>
      {offline ? (
        <>
          <b>The engine does not answer.</b>
          <span>{whyAndWhatNext(problem, heard)}</span>
        </>
      ) : null}
    </div>
  );
}
