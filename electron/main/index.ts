import { app } from 'electron';
import { runApp } from './app.ts';
import { registerAppScheme } from './app-protocol.ts';
import { collectAsked } from './asked.ts';
import { settleIdentity } from './identity.ts';
import { endUnstarted, logTheUnexpected } from './last-resort.ts';
import { log } from './log.ts';
import { refusalWords, refusedSwitches } from './refused-switches.ts';

// All must come before the app is ready.
settleIdentity();
logTheUnexpected();
const refused = app.isPackaged ? refusedSwitches((name) => app.commandLine.hasSwitch(name)) : [];
if (refused.length > 0) {
  log('error', refusalWords(refused), { switches: refused });
  app.exit(1);
} else {
  app.enableSandbox();
  registerAppScheme();
  // Two programs would fight for the same ports and the same file: a second start shows the first one's window.
  if (app.requestSingleInstanceLock()) runApp(import.meta.dirname, collectAsked()).catch(endUnstarted);
  else app.quit();
}
