import { useEngine } from '../../stores/context.tsx';
import css from './shell.module.css';

/** Stands above everything while nobody answers. What is below it is then not now, and says so. */
export function OfflineBanner() {
  const offline = useEngine((s) => s.connection === 'offline');
  const problem = useEngine((s) => s.problem);
  return (
    <div role="status" aria-live="polite" className={offline ? css['offline'] : 'visually-hidden'}>
      {offline ? (
        <>
          <b>The engine does not answer.</b>
          <span>{problem} Numbers below are the last ones heard. Trying again by itself.</span>
        </>
      ) : null}
    </div>
  );
}
