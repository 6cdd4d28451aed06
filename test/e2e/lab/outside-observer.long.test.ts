import { it } from 'vitest';
import { agree } from './observer/agree.ts';
import { crash, type CrashOptions } from './observer/crash.ts';

it.each([1, 2, 3])(
  'a node that crashes at 1,500 requests/s with 200 sticky clients loses nothing, and the scorecard is what was seen outside (%i)',
  async () => {
    const options: CrashOptions = {
      ...{ clients: 200, requestsPerSecond: 1_500, warmUpMs: 4_000, goneMs: 6_000 },
      check: { intervalMs: 1_000, timeoutMs: 500, attempts: 2, rise: 2 },
    };
    agree(await crash(options), options);
  },
  60_000,
);
