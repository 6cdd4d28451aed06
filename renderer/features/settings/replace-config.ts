import type { Config } from '../../../shared/model/config.ts';
import { sameJson } from '../../stores/draft.ts';
import type { Client } from '../../bridge/client.ts';
import type { Stores } from '../../stores/stores.ts';

/** The id the Lab's demo listener and pool have while it runs; they are never saved. */
const demoId = 'demo';

/** `next` with the Lab's demo beside it, if that runs: it is the Lab's to end, and saved with nothing. */
export function besideDemo(next: Config, running: Config, demoRuns: boolean): Config {
  if (!demoRuns) return next;
  const isDemo = ({ id }: { id: string }) => id === demoId;
  return {
    ...next,
    listeners: [...next.listeners.filter((l) => !isDemo(l)), ...running.listeners.filter(isDemo)],
    pools: [...next.pools.filter((p) => !isDemo(p)), ...running.pools.filter(isDemo)],
  };
}

/** Somebody else changed the configuration between the look at it and the change. */
export class ChangedMeanwhile extends Error {
  constructor() {
    super('The configuration was changed elsewhere a moment ago. Nothing was applied: look at the changes again.');
    this.name = 'ChangedMeanwhile';
  }
}

/**
 * Puts a whole configuration in place of the one that was looked at, and offers to take that back.
 * @throws ChangedMeanwhile, and what `config.apply` throws; nothing has changed then.
 */
export async function replaceConfig(
  client: Client,
  { toasts, config: mirror }: Stores,
  seen: Config,
  next: Config,
  words: string,
): Promise<void> {
  const running = await client.request('config.get', {});
  if (!sameJson(running, seen)) {
    await mirror.refresh();
    throw new ChangedMeanwhile();
  }
  await client.request('config.apply', { config: next });
  await mirror.refresh();
  const undo = () => {
    client.request('config.apply', { config: seen }).then(
      () => toasts.show({ id: 'replaced', title: 'The configuration is back as it was' }),
      (error: unknown) =>
        toasts.show({ id: 'replaced', title: 'It could not be taken back', text: error instanceof Error ? error.message : String(error) }),
    );
  };
  toasts.show({ id: 'replaced', title: words, text: 'Saved, and in effect now.', action: { label: 'Undo', run: undo } }, 30_000);
}
