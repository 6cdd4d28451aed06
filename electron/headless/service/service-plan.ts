/** What a service is to run, and how. */
export interface ServicePlan {
  /** `system`: for the machine, from its start. `user`: for whoever installs it, while he is logged in. */
  scope: 'system' | 'user';
  /** Absolute path of the program that runs JavaScript. */
  node: string;
  /** Absolute path of the bundled command line. */
  program: string;
  /** Absolute path of the configuration. */
  config: string;
  /** May bind ports below 1024. */
  lowPorts: boolean;
  /** The user a system service runs as; undefined: one that systemd makes for it alone. */
  runAs: string | undefined;
  /** Absolute paths of where the past and the local authority are kept; undefined: in the service's state, a user's authority in his own folder. */
  history: string | undefined;
  authority: string | undefined;
  /** The longest drain of the configuration, milliseconds; stopping may take that long. */
  drainMs: number;
}

/** The service's name everywhere. */
export const serviceName = 'evenkeel';

/** The label launchd knows it by. */
export const launchdLabel = 'evenkeel.headless';
