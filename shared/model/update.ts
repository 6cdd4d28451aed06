import { z } from 'zod';

/**
 * Why a program does not bring itself up to date. `headless`: it has no updater; `development`: started from its sources; `no-feed`: whoever
 * packed it named none; `insecure-feed`: the one named is not reached over https; `package-manager`, `by-hand` (an unpacked archive),
 * `portable`: how it came onto the machine.
 */
export const noUpdatesSchema = z.enum(['headless', 'development', 'no-feed', 'insecure-feed', 'package-manager', 'by-hand', 'portable']);
export type NoUpdates = z.output<typeof noUpdatesSchema>;

/** A newer version, as its feed describes it. */
export const updateOfferSchema = z.object({
  version: z.string(),
  /** What changed, as plain text; null when the feed does not say. */
  notes: z.string().nullable(),
  /** When it was released, milliseconds since the epoch; null when the feed does not say. */
  releasedAt: z.number().nullable(),
  /** How large the whole file is, bytes; null when the feed does not say. */
  bytes: z.number().nullable(),
});
export type UpdateOffer = z.output<typeof updateOfferSchema>;

/** What went wrong, what made it so, and what to do. */
export const updateProblemSchema = z.object({ fact: z.string(), cause: z.string(), action: z.string() });
export type UpdateProblem = z.output<typeof updateProblemSchema>;

/** Where the feed lies, as the package names it. */
const feed = z.string();

/** How far bringing this very program up to date has come. Every step that downloads or installs is asked for by its owner. */
export const updateStateSchema = z.discriminatedUnion('state', [
  /** There is nothing to switch on here. */
  z.object({ state: z.literal('unavailable'), why: noUpdatesSchema }),
  /** Switched off (the setting `lookForUpdates`): nothing is asked. */
  z.object({ state: z.literal('off'), feed }),
  /** Switched on; the feed was not asked yet. */
  z.object({ state: z.literal('waiting'), feed }),
  z.object({ state: z.literal('checking'), feed }),
  /** The feed had nothing newer when it was asked, milliseconds since the epoch. */
  z.object({ state: z.literal('current'), feed, checkedAt: z.number() }),
  z.object({ state: z.literal('available'), feed, offer: updateOfferSchema }),
  /** `received` of `total` bytes of what has to be fetched; `total` null: not known yet. */
  z.object({
    state: z.literal('downloading'),
    feed,
    offer: updateOfferSchema,
    received: z.number(),
    total: z.number().nullable(),
  }),
  /** Downloaded and found to be what the feed describes; installed by nothing but `updates.install`. */
  z.object({ state: z.literal('ready'), feed, offer: updateOfferSchema }),
  /** The program quits as it always does, and starts again as the new version. */
  z.object({ state: z.literal('installing'), feed, offer: updateOfferSchema }),
  z.object({ state: z.literal('failed'), feed, problem: updateProblemSchema }),
]);
export type UpdateState = z.output<typeof updateStateSchema>;
