import { clsx } from 'clsx';
import { Pause, Play } from 'lucide-react';
import styles from './live-pill.module.css';

interface LivePillProps {
  paused: boolean;
  /** Nothing is heard: what is in view is old, says so, and cannot be paused. Default false. */
  stale?: boolean;
  onToggle: () => void;
}

/** Said where the view cannot be paused. */
const nothingToPause = 'Nothing is live to be paused: the engine does not answer';

/** Whether the view goes on or stands still, and the way to the other: outlined with a dot while live, inverted while paused. */
export function LivePill({ paused, stale = false, onToggle }: LivePillProps) {
  const bars = <Pause size={12} strokeWidth={1} fill="currentColor" aria-hidden="true" />;
  const off = stale && !paused;
  return (
    <div className={clsx(styles['pill'], paused && styles['paused'])}>
      <span>
        {paused ? bars : <i className={clsx(styles['dot'], stale && styles['hollow'])} />}
        {paused ? 'Paused' : stale ? 'Not live' : 'Live'}
      </span>
      <button
        type="button"
        // It keeps the focus and says why it does nothing.
        aria-disabled={off || undefined}
        title={off ? nothingToPause : undefined}
        onClick={off ? undefined : onToggle}
        aria-label={paused ? 'Resume the view' : 'Pause the view'}
      >
        {paused ? <Play size={12} fill="currentColor" aria-hidden="true" /> : bars}
        {paused ? 'Resume' : 'Pause'}
      </button>
    </div>
  );
}
