import { z } from 'zod';
import { faultSchema } from './fault.ts';

/** Discrete facts in one sequence. What a fact is about stands in `pool`, `node`, `listener`, `client` (ids, keys). */
export const journalKindSchema = z.enum([
  'node.down',
  'node.up',
  'node.mode',
  'client.moved',
  'client.pinned',
  'client.unpinned',
  'client.released',
  'listener.up',
  'listener.down',
  'listener.error',
  'config.applied',
  'config.recovered',
  'certificate.reloaded',
  'certificate.renewed',
  'certificate.problem',
  'engine.started',
  'engine.restarted',
  'lab.fault',
  'lab.healed',
  'node.check',
  'scenario.started',
  'scenario.ended',
  'history.problem',
]);
export type JournalKind = z.output<typeof journalKindSchema>;

export const journalFactSchema = z.object({
  /** Milliseconds since the epoch. */
  time: z.number(),
  kind: journalKindSchema,
  listener: z.string().optional(),
  pool: z.string().optional(),
  node: z.string().optional(),
  client: z.string().optional(),
  /** certificate.*: its id; a node's authority has `pool` and `node` instead. */
  certificate: z.string().optional(),
  /** client.moved: node ids; node.mode: modes. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** In words, for changes of state and errors. */
  reason: z.string().optional(),
  /** config.applied: what changed, as `config.apply` names it. */
  changed: z.array(z.string()).optional(),
  /** lab.fault: what `node` suffers from now on. Missing: its program ended by itself. */
  fault: faultSchema.nullable().optional(),
  /** lab.fault: made up by the engine for a node that is not the Lab's (DEMO). Default false. */
  injected: z.boolean().optional(),
  /** scenario.*: its name. */
  name: z.string().optional(),
  /**
   * node.check: a check that failed while the node was not down yet, or the first good one after it went down. `startedAt`: when the
   * check began; `streak`: checks in a row with this outcome, negative for failures. `time` is when its outcome was known.
   */
  check: z.object({ startedAt: z.number(), ok: z.boolean(), streak: z.number() }).optional(),
});
export type JournalFact = z.output<typeof journalFactSchema>;

/** `seq` counts from 1 without gaps, and where the history is kept on disk goes on from one process to the next. */
export const journalEntrySchema = journalFactSchema.extend({ seq: z.number() });
export type JournalEntry = z.output<typeof journalEntrySchema>;
