/**
 * Preloaded into the headless program that scripts/start.mjs runs in a process group of its own: should the starter be
 * killed outright, the program drains and ends rather than keeping its ports with nobody to stop it.
 */
process.channel?.unref();
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
