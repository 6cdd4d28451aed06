import { ArrowRight, ChartNoAxesGantt, History, Pause, Play, Route as RouteIcon, SkipBack, SkipForward } from 'lucide-react';
import { useReplay, useStores } from '../../stores/context.tsx';
import { type Speed, speeds } from '../../stores/replay-store.ts';
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx';
import { formatClock, formatClockTenths, formatDay } from '../../ui/format.ts';
import { FilterSelect } from '../../ui/select.tsx';
import { toggleReplay } from './toggle-replay.ts';
import css from './replay-banner.module.css';

/** The moment as a slider over the whole run. */
function Scrubber() {
  const { replay } = useStores();
  const run = useReplay((s) => s.run);
  const time = useReplay((s) => s.time);
  if (!run) return null;
  return (
    <input
      type="range"
      className={css['scrubber']}
      aria-label="Moment of the replay"
      aria-valuetext={formatClockTenths(time)}
      min={run.startedAt}
      max={run.endedAt}
      step={100}
      value={time}
      onChange={(event) => replay.seek(event.target.valueAsNumber)}
      onKeyDown={(event) => {
        const direction = { PageUp: 1, PageDown: -1 }[event.key];
        if (direction !== 1 && direction !== -1) return;
        event.preventDefault();
        replay.step(direction);
      }}
    />
  );
}

/** Plays, pauses, goes to the event before or after, and says how fast. */
export function ReplayControls() {
  const { replay } = useStores();
  const playing = useReplay((s) => s.playing);
  const speed = useReplay((s) => s.speed);
  return (
    <div className={css['controls']}>
      <IconButton look="plain" label="Event before" icon={<SkipBack size={12} aria-hidden />} onClick={() => replay.step(-1)} />
      <Button small onClick={() => toggleReplay(replay)} aria-keyshortcuts="p" className={css['play']}>
        {playing ? <Pause size={12} fill="currentColor" aria-hidden /> : <Play size={12} fill="currentColor" aria-hidden />}
        {playing ? 'Pause' : 'Play'}
      </Button>
      <FilterSelect
        label="Speed of the replay"
        value={String(speed)}
        choices={speeds.map((one) => ({ value: String(one), label: `${one}×` }))}
        onChange={(value) => replay.setSpeed(Number(value) as Speed)}
      />
      <IconButton look="plain" label="Event after" icon={<SkipForward size={12} aria-hidden />} onClick={() => replay.step(1)} />
    </div>
  );
}

/** Where in the past the window is. */
export function ReplayInfo() {
  const name = useReplay((s) => s.run?.name ?? '');
  const time = useReplay((s) => s.time);
  const gap = useReplay((s) => s.run?.gaps.find((one) => s.time >= one.from && s.time < one.to) ?? null);
  return (
    <span className={`${css['info']} num`}>
      <span className="ellipsis">“{name}”</span>
      <span>
        , {formatDay(time)} at <b>{formatClockTenths(time)}</b>
      </span>
      {gap ? (
        <b>
          . Nobody recorded from {formatClock(gap.from)} to {formatClock(gap.to)}
        </b>
      ) : (
        <span className={css['unseen']}>. Traffic goes on unseen.</span>
      )}
    </span>
  );
}

interface ReplayBannerProps {
  /** On the Timeline, where the lanes are the scrubber. */
  onTimeline: boolean;
  /** For readers. Default "Replay, not live". */
  label?: string;
}

/** Stands over every screen that shows the past: striped, its label inverted. Nothing live looks like it. */
export function ReplayBanner({ onTimeline, label = 'Replay, not live' }: ReplayBannerProps) {
  return (
    <section className={css['banner']} aria-label={label}>
      <span className={css['label']}>
        <History size={14} aria-hidden /> Replay, not live
      </span>
      <ReplayInfo />
      {onTimeline ? <span className={css['grow']} /> : <Scrubber />}
      {onTimeline ? (
        <ButtonLink small href="#/live" title="See this moment on the map">
          <RouteIcon size={12} aria-hidden /> Map
        </ButtonLink>
      ) : (
        <ButtonLink small href="#/timeline" title="See this moment in the Timeline">
          <ChartNoAxesGantt size={12} aria-hidden /> <span className={css['wide']}>Timeline</span>
        </ButtonLink>
      )}
      <ReplayControls />
    </section>
  );
}

/** Ends the replay: the way out, in the top bar and while presenting. */
export function BackToLive() {
  const { replay } = useStores();
  return (
    <Button
      onClick={() => {
        replay.end();
        if (location.hash !== '#/present') location.hash = '#/live';
      }}
    >
      <ArrowRight size={14} aria-hidden /> Back to live
    </Button>
  );
}
