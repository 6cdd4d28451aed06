import type { NoUpdates } from '../../../shared/model/update.ts';

/** Why there is nothing to switch on. */
export const noUpdateWords: Record<NoUpdates, string> = {
  headless: 'Not from here: a headless program is brought up to date the way it was installed.',
  development: 'Started from its sources, and brought up to date there.',
  'no-feed':
    'This build has no update feed: it never asks whether there is a newer version. Whoever published it says where newer ones are.',
  'insecure-feed': 'The update feed of this build is not reached over https, where anybody could answer in its place. It is not asked.',
  'package-manager': 'Installed by your package manager, which brings it up to date.',
  'by-hand': 'Unpacked from an archive: to bring it up to date, unpack a newer one in its place.',
  portable: 'This is the portable program: to bring it up to date, put a newer file in its place.',
};
