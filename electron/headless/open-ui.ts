import type { HostPort } from '../../shared/model/address.ts';
import type { ControlPlane } from '../control/control-plane.ts';
import type { Log } from '../control/log.ts';
import type { UiOptions } from './arguments.ts';
import { uiBindError } from './bind-error.ts';
import { startHttpTransport, type HttpTransport } from './http-transport.ts';
import { isLoopbackAddress } from './request-guard.ts';

/** Ports tried when the usual one is taken. */
const tries = 20;

export interface OpenUiOptions extends Pick<UiOptions, 'ui' | 'uiGiven' | 'metricsOpen'> {
  log: Log;
  /** Without `--ui`, a demo may go to the next port when somebody has the usual one; a server must be where it is expected. */
  elsewhere: boolean;
}

/** Opens the control API and the screens; undefined when they are not wanted. @throws BindError. */
export async function openUi(plane: ControlPlane, token: string, options: OpenUiOptions): Promise<HttpTransport | undefined> {
  const { ui, uiGiven, metricsOpen, log } = options;
  if (!ui) return undefined;
  for (let i = 0; ; i++) {
    const at: HostPort = { host: ui.host, port: ui.port === 0 ? 0 : ui.port + i };
    try {
      const opened = await startHttpTransport({ plane, log, token, metricsOpen, ...at });
      if (at.host !== 'localhost' && !isLoopbackAddress(at.host)) {
        log(
          'warn',
          `The control API and the screens at ${opened.url} are open to the network, in plain HTTP: whoever reads the token on its way may change everything. Bind them to 127.0.0.1, or put TLS in front of them.`,
        );
      }
      return opened;
    } catch (error) {
      const problem = await uiBindError(error, at);
      if (uiGiven || !options.elsewhere || i + 1 >= tries || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw problem;
      log('warn', `${problem.message} The next port is tried.`);
    }
  }
}
