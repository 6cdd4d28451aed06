import type { UpdateState } from '../../shared/model/update.ts';

/** Bringing the program up to date as the handlers see it. What does not apply now changes nothing; each answers with how things stand. */
export interface UpdatesPort {
  get(): UpdateState;
  /** Asks the feed now. */
  check(): UpdateState;
  /** Fetches the version that was found. */
  download(): UpdateState;
  /** Ends the download. */
  stop(): UpdateState;
  /** Quits as usual and starts again as the version that was downloaded. */
  install(): UpdateState;
  /** @returns a function that ends it. */
  onChange(callback: (state: UpdateState) => void): () => void;
}

const elsewhere: UpdateState = { state: 'unavailable', why: 'headless' };

/** A program that is brought up to date the way it was installed, and asks nobody. */
export const noUpdates: UpdatesPort = {
  get: () => elsewhere,
  check: () => elsewhere,
  download: () => elsewhere,
  stop: () => elsewhere,
  install: () => elsewhere,
  onChange: () => () => undefined,
};
