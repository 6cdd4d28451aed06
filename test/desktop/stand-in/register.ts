import { registerHooks } from 'node:module';
import { imported } from './call-log.ts';

/** From here on every import of `electron` in this thread gets the stand-in. Needs Node 24. */
const standIn = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron') return { url: standIn, shortCircuit: true };
    imported.push(specifier);
    return next(specifier, context);
  },
});

Object.assign(process, { type: 'browser', resourcesPath: process.env['STAND_IN_RESOURCES'] ?? process.cwd() });
Object.assign(process.versions, { electron: '45.4.1' });
