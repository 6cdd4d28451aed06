import type { Client } from '../../bridge/client.ts';

/** Does something at the control plane; a failure is shown at the top of the screen. @returns whether it was done. */
export type Act = (what: (client: Client) => Promise<unknown>) => Promise<boolean>;
