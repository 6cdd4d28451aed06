import type { EngineSnapshot } from '../../shared/model/state.ts';
import { applyPatch } from '../../shared/state/patch.ts';
import type { ControlPlane } from '../control/control-plane.ts';

/** A new snapshot is asked for again after this long. Milliseconds. */
const retryMs = 1_000;

/**
 * The engine's state for what the desktop shows without a window: the tray, announcements. Follows the patches; after a gap, or when
 * the engine was started anew, asks for a snapshot.
 * @param onChange called after every change, counters too.
 */
export class EngineMirror {
  #snapshot: EngineSnapshot | null = null;
  #asking = false;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;
  readonly #engine: Pick<ControlPlane['engine'], 'snapshot'>;
  readonly #onChange: (snapshot: EngineSnapshot | null) => void;
  readonly #stop: () => void;

  constructor(plane: Pick<ControlPlane, 'engine' | 'subscribe'>, onChange: (snapshot: EngineSnapshot | null) => void) {
    this.#engine = plane.engine;
    this.#onChange = onChange;
    this.#stop = plane.subscribe('engine.patch', (patch) => {
      const next = this.#snapshot ? applyPatch(this.#snapshot, patch) : 'stale';
      if (next === 'stale') this.#ask();
      else if (next !== 'old') this.#take(next);
    });
    this.#ask();
  }

  /** null until the engine has answered, and while it is being started anew. */
  get snapshot(): EngineSnapshot | null {
    return this.#snapshot;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#stop();
  }

  #take(snapshot: EngineSnapshot | null): void {
    this.#snapshot = snapshot;
    this.#onChange(snapshot);
  }

  #ask(): void {
    if (this.#asking || this.#closed) return;
    this.#asking = true;
    Promise.resolve(this.#engine.snapshot()).then(
      (snapshot) => {
        this.#asking = false;
        if (!this.#closed) this.#take(snapshot);
      },
      () => {
        this.#asking = false;
        if (this.#closed) return;
        if (this.#snapshot) this.#take(null);
        this.#retry = setTimeout(() => {
          this.#ask();
        }, retryMs);
      },
    );
  }
}
