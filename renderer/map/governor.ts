export interface Scene {
  /** The page can be seen. */
  visible: boolean;
  paused: boolean;
  /** Dots stand still; only their density changes. */
  reducedMotion: boolean;
  /** Something flows: there are dots to move or errors to fade. */
  flowing: boolean;
  /** Drawing is done by a GPU; without one every frame costs the processor that also serves requests. */
  gpu: boolean;
}

const full = 1_000 / 60;
const withGpu = 1_000 / 25;
const withoutGpu = 1_000 / 10;
const still = 500;
/** 60 frames a second for at most this long, however many transitions follow each other. */
const longestTransition = 3_000;
/** Without a transition for this long the next one counts as a new one; those that follow each other closer are one. */
const rest = 1_000;

/** Decides when the map is drawn next, so that looking at the balancer does not slow it down. */
export class Governor {
  private began = Number.NEGATIVE_INFINITY;
  private until = Number.NEGATIVE_INFINITY;
  private asked = Number.NEGATIVE_INFINITY;

  /** Something changes in a way worth 60 frames a second for `ms`, e.g. clients on their way to another node. */
  transition(now: number, ms: number): void {
    if (now > Math.max(this.asked, this.until) + rest) this.began = now;
    this.asked = now;
    this.until = Math.max(this.until, Math.min(now + ms, this.began + longestTransition));
  }

  /** Milliseconds until the next frame; null: not before something changes. */
  next(now: number, scene: Scene): number | null {
    if (!scene.visible || scene.paused) return null;
    if (scene.reducedMotion) return scene.flowing ? still : null;
    if (now < this.until) return full;
    if (!scene.flowing) return null;
    return scene.gpu ? withGpu : withoutGpu;
  }
}
