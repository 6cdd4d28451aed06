import { Monitor, Search } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { PoolState } from '../../../shared/model/state.ts';
import type { PastStores } from '../../stores/past-stores.ts';
import { StoresProvider, useEngine, useHost, useStores, useTraffic, useView } from '../../stores/context.tsx';
import { effectiveState } from '../../ui/effective-state.ts';
import { formatCount, formatMs, formatRate, missing } from '../../ui/format.ts';
import { RollUpRing } from '../../ui/rollup-ring.tsx';
import { ButtonLink, IconButton } from '../../ui/button.tsx';
import { LivePill } from '../../ui/live-pill.tsx';
import { BackToLive } from '../replay/replay-banner.tsx';
import { overallState, type OverallState } from './overall-state.ts';
import { togglePause } from './pause.ts';
import css from './shell.module.css';

function Overall() {
  const listeners = useEngine((s) => s.listeners);
  const pools = useEngine((s) => s.pools);
  const connection = useEngine((s) => s.connection);
  const known = useEngine((s) => s.epoch !== null);
  const paused = useView((s) => s.paused !== null);
  const balancingPaused = useHost((s) => s.paused);
  const state = useMemo((): OverallState => {
    const whole = overallState(listeners, pools);
    // That the listeners are off is then nothing to be mended on the Listeners screen.
    return balancingPaused ? { ...whole, head: 'Balancing is paused', sub: 'No listener accepts', alarm: false } : whole;
  }, [listeners, pools, balancingPaused]);
  if (!known) {
    return (
      <div className={css['overall']}>
        <div className={css['words']}>
          <b className={css['head']}>{connection === 'offline' ? 'Engine not reached' : 'Looking for the engine'}</b>
          <span className={css['sub']}>{connection === 'offline' ? 'Its state is not known' : 'One moment'}</span>
        </div>
      </div>
    );
  }
  if (connection === 'offline') {
    // What was last heard is not what is: no ring, no colour.
    const heard = `Last heard: ${state.head.charAt(0).toLowerCase()}${state.head.slice(1)}`;
    return (
      <div className={css['overall']} role="status" aria-label="Overall state">
        <div className={css['words']}>
          <b className={css['head']}>Engine not reached</b>
          <span className={`${css['sub']} ellipsis`}>{heard}</span>
        </div>
      </div>
    );
  }
  const sub = paused ? 'Now, while the view is paused' : state.sub;
  return (
    <div className={css['overall']} role="status" aria-label="Overall state">
      <RollUpRing rollUp={state.rollUp} size={28} />
      <div className={css['words']}>
        <b className={state.alarm ? css['headDown'] : css['head']}>{state.head}</b>
        <span className={`${css['sub']} ellipsis`} title={sub}>
          {sub}
        </span>
      </div>
    </div>
  );
}

function Kpi({ value, unit }: { value: string; unit: string }) {
  return (
    <div className={css['kpi']}>
      <b>{value}</b> <span>{unit}</span>
    </div>
  );
}

function Kpis() {
  const { time, total } = useTraffic();
  const live = useEngine((s) => s.connection === 'live' && s.listeners.length > 0);
  const known = live && time > 0;
  const errors =
    total.requestsPerSecond > 0
      ? ((100 * total.errorsPerSecond) / Math.max(total.requestsPerSecond, total.errorsPerSecond)).toFixed(1)
      : missing;
  return (
    <div className={css['kpis']}>
      <Kpi value={known ? formatRate(total.requestsPerSecond) : missing} unit="req/s" />
      <Kpi value={known ? formatMs(total.p95) : missing} unit="ms p95" />
      <Kpi value={known ? errors : missing} unit="% errors" />
      <Kpi value={known ? formatCount(total.clients) : missing} unit="clients" />
    </div>
  );
}

const lowerFirst = (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** The one node that stands out, by its name; with several, their number says more. */
function thenWords(state: OverallState, pools: readonly PoolState[]): string {
  const nodes = pools.flatMap((pool) => pool.nodes).map((node) => ({ node, state: effectiveState(node) }));
  const [other, ...more] = nodes.filter((one) => one.state !== 'healthy' && one.state !== 'backup');
  if (!other || more.length > 0 || state.head === 'Nothing serves') return lowerFirst(state.head);
  const words = { checking: 'being checked', down: 'down', draining: 'draining', rejecting: 'rejecting', healthy: '', backup: '' };
  return `${other.node.label} ${words[other.state]}`;
}

/** What was, and under it what is: the two are never mixed up. */
function Then({ past }: { past: PastStores }) {
  const then = useStore(past.engine.store);
  const live = useEngine((s) => s.connection === 'live');
  const listeners = useEngine((s) => s.listeners);
  const pools = useEngine((s) => s.pools);
  const was = useMemo(() => overallState(then.listeners, then.pools), [then]);
  const is = useMemo(() => overallState(listeners, pools), [listeners, pools]);
  const now = live ? `Now, live: ${lowerFirst(is.head)}` : 'Now: the engine is not reached';
  return (
    <div className={css['overall']} role="status" aria-live="off" aria-label="Overall state then, and now">
      <RollUpRing rollUp={was.rollUp} size={28} />
      <div className={css['words']}>
        <b className={`${css['head']} ellipsis`}>Then: {thenWords(was, then.pools)}</b>
        <span className={`${live && is.alarm ? css['subDown'] : css['sub']} ellipsis`} title={now}>
          {now}
        </span>
      </div>
    </div>
  );
}

function KpisThen() {
  const { total } = useTraffic();
  return (
    <div className={css['kpis']}>
      <Kpi value={formatRate(total.requestsPerSecond)} unit="req/s then" />
      <Kpi value={formatMs(total.p95)} unit="ms p95 then" />
    </div>
  );
}

interface TopBarProps {
  /** Set while the screen shows the past. */
  past: PastStores | null;
  /** A replay is open, on other screens. */
  waits: boolean;
  onPalette: () => void;
}

/** Always in view and always now, also while the view is paused; over a replay it says what was and what is. */
export function TopBar({ past, waits, onPalette }: TopBarProps) {
  const stores = useStores();
  const paused = useView((s) => s.paused !== null);
  const any = useEngine((s) => s.listeners.length > 0);
  const offline = useEngine((s) => s.connection === 'offline');
  return (
    <header className={css['bar']}>
      {past ? <Then past={past} /> : <Overall />}
      {past ? (
        <StoresProvider stores={past}>
          <KpisThen />
        </StoresProvider>
      ) : (
        <Kpis />
      )}
      <div className={css['spacer']} />
      <IconButton
        label="Command palette"
        aria-keyshortcuts="Control+K Meta+K"
        look="plain"
        small={false}
        icon={<Search size={16} aria-hidden />}
        onClick={onPalette}
      />
      {past ? <BackToLive /> : null}
      {waits && !past ? <ButtonLink href="#/timeline">Back to the replay</ButtonLink> : null}
      {any && !past ? <LivePill paused={paused} stale={offline} onToggle={() => togglePause(stores)} /> : null}
      {any || past ? (
        <ButtonLink className={css['present']} href="#/present" title="Present: for a projector (f)" aria-keyshortcuts="f">
          <Monitor size={16} strokeWidth={1.75} aria-hidden /> <span>Present</span>
        </ButtonLink>
      ) : null}
    </header>
  );
}
