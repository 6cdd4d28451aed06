import { registerHooks } from 'node:module';

/** From here on every import of `electron` in this thread gets the stand-in. Needs Node 24. */
const standIn = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => (specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context)),
});

Object.assign(process, { type: 'browser', resourcesPath: process.cwd() });
Object.assign(process.versions, { electron: '45.4.1' });
