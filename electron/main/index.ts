import { app } from 'electron';
import { runApp } from './app.ts';
import { registerAppScheme } from './app-protocol.ts';
import { collectAsked } from './asked.ts';
import { settleIdentity } from './identity.ts';

// All must come before the app is ready.
settleIdentity();
app.enableSandbox();
registerAppScheme();

// Two programs would fight for the same ports and the same file: a second start shows the first one's window.
if (app.requestSingleInstanceLock()) void runApp(import.meta.dirname, collectAsked());
else app.quit();
