import type { ReplayStore } from '../../stores/replay-store.ts';

/** Lets the replay play, or stand still. */
export function toggleReplay(replay: ReplayStore): void {
  if (replay.store.getState().playing) replay.pause();
  else replay.play();
}
