import { it } from 'vitest';
import { agree } from './observer/agree.ts';
import { crash, type CrashOptions } from './observer/crash.ts';

it('the scorecard says what somebody outside saw: detected, recovered, back, moved, retried, lost', async () => {
  const options: CrashOptions = {
    ...{ clients: 60, requestsPerSecond: 300, warmUpMs: 1_500, goneMs: 2_500 },
    check: { intervalMs: 500, timeoutMs: 300, attempts: 2, rise: 2 },
  };
  agree(await crash(options), options);
});
