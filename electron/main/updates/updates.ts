import type { UpdateOffer, UpdateState } from '../../../shared/model/update.ts';
import type { UpdatesPort } from '../../control/updates-port.ts';
import { updateProblem, type UpdateStep } from './update-problem.ts';
import type { UpdateWay } from './update-way.ts';

/** Where updates come from: Electron's updater, or a fake. One is made when updates are first switched on. */
export interface UpdateSource {
  /** Asks the feed. @returns null when it has nothing newer. */
  check(): Promise<UpdateOffer | null>;
  /** Fetches what was found and sees that it is what the feed describes. @param onProgress bytes, of how many. */
  download(onProgress: (received: number, total: number) => void): Promise<void>;
  /** Ends what is under way; it then rejects. */
  stop(): void;
  /** Does what of an installation can be done, and can fail, while the program still runs. */
  prepare(): Promise<void>;
  /** Puts the new version in place and starts it, which ends this program; rejects when it could not. */
  install(): Promise<void>;
}

export interface UpdatesOptions {
  way: UpdateWay;
  /** Loads the updater; nothing of it is loaded before. */
  load(): Promise<UpdateSource>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** @returns a function that takes the timer back. */
  after(ms: number, work: () => void): () => void;
  /** Quits as usual, everything drained, and has `last` end the program in place of a mere end. */
  quitInto(last: () => Promise<void>, offer: UpdateOffer): void;
  /** The feed, asked by itself, had a version nobody has heard of yet. */
  onFound(offer: UpdateOffer): void;
  /** Detail for the log. */
  onProblem(step: UpdateStep, error: unknown): void;
}

/** The feed is asked this often by itself. Milliseconds. */
export const checkEveryMs = 24 * 3_600_000;
/** After a failure it is asked again sooner: a machine may have been off the network. Milliseconds. */
export const retryMs = 3_600_000;
/** How long a start is left alone before the feed is asked. Milliseconds. */
export const firstCheckMs = 10_000;
/** The wall clock is looked at this often, because a timer stands still while the machine sleeps. Milliseconds. */
export const lookMs = 600_000;
/** A feed that has not answered by then is given up; the updater itself would wait for ever. Milliseconds. */
export const answerWithinMs = 30_000;
/** As is a download of which nothing more came for so long. Milliseconds. */
export const stalledMs = 60_000;

/** A step that took too long. */
class TimedOut extends Error {}

/**
 * Brings the program up to date, as far as its owner asks: looks by itself when the setting is on, downloads when told, installs when
 * told. Nothing is loaded or asked while the setting is off.
 */
export class Updates implements UpdatesPort {
  readonly #options: UpdatesOptions;
  readonly #feed: string;
  readonly #callbacks = new Set<(state: UpdateState) => void>();
  #state: UpdateState;
  #source: UpdateSource | undefined;
  /** Goes up with everything that makes an answer under way worthless. */
  #turn = 0;
  #dueAt = 0;
  #told = '';
  #stopLooking: (() => void) | undefined;

  constructor(options: UpdatesOptions) {
    this.#options = options;
    const { way } = options;
    this.#feed = 'feed' in way ? way.feed : '';
    this.#state = 'feed' in way ? { state: 'off', feed: way.feed } : { state: 'unavailable', why: way.why };
  }

  get(): UpdateState {
    return this.#state;
  }

  onChange(callback: (state: UpdateState) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  /** Follows the setting. @param delayMs how long the feed is left alone at first. Default 0. */
  follow(on: boolean, delayMs = 0): void {
    const { state } = this.#state;
    if (state === 'unavailable' || state === 'installing' || on === (state !== 'off')) return;
    this.#abandon();
    if (!on) {
      this.#set({ state: 'off', feed: this.#feed });
      return;
    }
    this.#set({ state: 'waiting', feed: this.#feed });
    this.#dueAt = this.#options.now() + delayMs;
    this.#lookAgain(delayMs);
  }

  /** Asks the feed now. Nothing happens when updates are off, or while something is under way or downloaded. */
  check(): UpdateState {
    if (this.#mayCheck()) void this.#check(false);
    return this.#state;
  }

  /** Fetches what was found. Nothing happens when nothing was. */
  download(): UpdateState {
    if (this.#state.state === 'available') void this.#download(this.#state.offer);
    return this.#state;
  }

  /** Ends a download; what came of it is dropped. */
  stop(): UpdateState {
    if (this.#state.state !== 'downloading') return this.#state;
    const { offer } = this.#state;
    this.#abandon(false);
    this.#set({ state: 'available', feed: this.#feed, offer });
    return this.#state;
  }

  /** Quits and starts again as the new version. Nothing happens when none was downloaded. */
  install(): UpdateState {
    if (this.#state.state === 'ready') void this.#install(this.#state.offer);
    return this.#state;
  }

  close(): void {
    this.#abandon();
    this.#callbacks.clear();
  }

  #set(state: UpdateState): void {
    this.#state = state;
    for (const callback of this.#callbacks) callback(state);
  }

  /** What is under way counts no more. */
  #abandon(alsoLooking = true): void {
    this.#turn++;
    const { state } = this.#state;
    if (state === 'checking' || state === 'downloading') this.#source?.stop();
    if (!alsoLooking) return;
    this.#stopLooking?.();
    this.#stopLooking = undefined;
  }

  /** On, and nothing under way or downloaded. */
  #mayCheck(): boolean {
    return ['waiting', 'current', 'available', 'failed'].includes(this.#state.state);
  }

  #lookAgain(ms: number): void {
    this.#stopLooking = this.#options.after(ms, () => {
      this.#lookAgain(lookMs);
      if (this.#mayCheck() && this.#options.now() >= this.#dueAt) void this.#check(true);
    });
  }

  async #check(byItself: boolean): Promise<void> {
    const turn = ++this.#turn;
    this.#set({ state: 'checking', feed: this.#feed });
    try {
      this.#source ??= await this.#options.load();
      if (turn !== this.#turn) return;
      const offer = await this.#within(answerWithinMs, this.#source.check());
      if (turn !== this.#turn) return;
      const now = this.#options.now();
      this.#dueAt = now + checkEveryMs;
      if (!offer) {
        this.#set({ state: 'current', feed: this.#feed, checkedAt: now });
        return;
      }
      this.#set({ state: 'available', feed: this.#feed, offer });
      if (byItself && this.#told !== offer.version) this.#options.onFound(offer);
      this.#told = offer.version;
    } catch (error) {
      this.#fail('check', turn, error);
    }
  }

  async #download(offer: UpdateOffer): Promise<void> {
    const turn = ++this.#turn;
    const show = (received: number, total: number | null): void => {
      if (turn === this.#turn) this.#set({ state: 'downloading', feed: this.#feed, offer, received, total });
    };
    show(0, null);
    try {
      let moved: () => void = () => undefined;
      const done = this.#source!.download((received, total) => {
        moved();
        show(received, total);
      });
      await this.#within(stalledMs, done, (again) => (moved = again));
      if (turn === this.#turn) this.#set({ state: 'ready', feed: this.#feed, offer });
    } catch (error) {
      this.#fail('download', turn, error);
    }
  }

  async #install(offer: UpdateOffer): Promise<void> {
    const turn = ++this.#turn;
    const source = this.#source!;
    this.#set({ state: 'installing', feed: this.#feed, offer });
    try {
      // While traffic still flows: what cannot be installed costs nobody a connection.
      await source.prepare();
    } catch (error) {
      this.#fail('install', turn, error);
      return;
    }
    this.#options.quitInto(() => source.install(), offer);
  }

  #fail(step: UpdateStep, turn: number, error: unknown): void {
    if (turn !== this.#turn) return;
    if (error instanceof TimedOut) this.#source?.stop();
    this.#options.onProblem(step, error);
    this.#dueAt = this.#options.now() + retryMs;
    this.#set({ state: 'failed', feed: this.#feed, problem: updateProblem(step, error) });
  }

  /** @param begin given a function that starts the time anew. */
  async #within<T>(ms: number, work: Promise<T>, begin?: (again: () => void) => void): Promise<T> {
    let stop = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const again = (): void => {
        stop();
        stop = this.#options.after(ms, () => {
          reject(new TimedOut('timed out'));
        });
      };
      again();
      begin?.(again);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      stop();
    }
  }
}
