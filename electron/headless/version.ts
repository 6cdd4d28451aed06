import manifest from '../../package.json' with { type: 'json' };

/** Of the package; the bundler puts the text in. */
export const version: string = manifest.version;
