import { z } from 'zod';
import { journalEntrySchema } from './journal.ts';
import { requestRecordSchema, trafficTickSchema } from './metrics.ts';
import { outcomeSchema, scenarioSchema } from './scenario.ts';
import { listenerStateSchema, poolStateSchema, snapshotSchema } from './state.ts';

/**
 * A run: a stretch of time with everything that is needed to show it again, knowing nothing else. A scenario leaves one; any
 * stretch of the history can be cut out as one. Exported as it is. Times are milliseconds since the epoch, durations milliseconds.
 */

/** One node's failure, from the first sign to its return. docs/scorecard.md defines each measure. */
export const incidentSchema = z.object({
  pool: z.string(),
  node: z.string(),
  label: z.string(),
  /** As the journal says it: "2 of 2 checks timed out". */
  reason: z.string(),
  /** When the Lab (or an injected fault) broke it; null: nobody did, or it is not known. */
  faultAt: z.number().nullable(),
  /** The first check or request that failed on it; null: none was seen before it was called down. */
  firstFailureAt: z.number().nullable(),
  firstFailureBy: z.enum(['check', 'request']).nullable(),
  downAt: z.number(),
  /** `downAt` less `detectFrom`'s moment; null when neither moment is known. */
  detectMs: z.number().nullable(),
  /** From which moment detection is counted: the fault where it is known, else the first failure. */
  detectFrom: z.enum(['fault', 'first-failure']).nullable(),
  /** When the last of its clients had another node, the last request had failed on it, and the pool was not down as a whole; null: unknown. */
  recoveredAt: z.number().nullable(),
  /** From the fault, or else from the first failure, to `recoveredAt`. */
  recoverMs: z.number().nullable(),
  /** When the fault was ended; null: it was not, or it is not known. */
  healedAt: z.number().nullable(),
  /** null while it is down. */
  upAt: z.number().nullable(),
  /** From the end of the fault (else from `downAt`) until it was up: null while it is down. */
  backMs: z.number().nullable(),
  backFrom: z.enum(['heal', 'down']).nullable(),
  /** Different clients that were on it and got another node between the first sign and its return, and where they went. */
  moved: z.number(),
  movedTo: z.array(z.object({ node: z.string(), clients: z.number() })),
  /** Requests that failed on it and were tried on another node in that time. */
  retried: z.number(),
  /** What clients of the pool's listeners lost in that time: 5xx other than 501 and 505, cut answers, sessions no node took. */
  lost: z.number(),
  /** Milliseconds, over all answers of the pool's listeners: before the first sign, from it to `recoveredAt`, after that; null: none. */
  p99: z.object({ before: z.number().nullable(), during: z.number().nullable(), after: z.number().nullable() }),
});
export type Incident = z.output<typeof incidentSchema>;

export const scoreSchema = z.object({
  requests: z.number(),
  retried: z.number(),
  lost: z.number(),
  /** Different clients whose node changed. */
  moved: z.number(),
  /** Milliseconds; null when nothing was answered. */
  p99: z.number().nullable(),
  incidents: z.array(incidentSchema),
});
export type Score = z.output<typeof scoreSchema>;

/** What the Lab's own clients counted: an observer beside the engine's counters. */
export const observedClientsSchema = z.object({ sent: z.number(), answered: z.number(), failed: z.number() });

export const runSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** scenario: the Lab ran it; history: cut out of what was recorded. */
  source: z.enum(['scenario', 'history']),
  startedAt: z.number(),
  endedAt: z.number(),
  /** The scenario's id, where one ran. */
  scenario: z.string().nullable(),
  /** Whether all expectations held; null: there were none. */
  held: z.boolean().nullable(),
});
export type RunSummary = z.output<typeof runSummarySchema>;

export const runSchema = z.object({
  format: z.literal('evenkeel-run'),
  version: z.literal(1),
  /** Evenkeel's version that recorded it. */
  app: z.string(),
  id: z.string(),
  name: z.string(),
  source: z.enum(['scenario', 'history']),
  startedAt: z.number(),
  endedAt: z.number(),
  scenario: scenarioSchema.nullable(),
  /** The engine's state at `startedAt`. */
  start: snapshotSchema,
  /** What there was later and not at the start, as it was first seen; ticks tell from when to when. Pools of the start hold only their new nodes. */
  added: z.object({ listeners: z.array(listenerStateSchema), pools: z.array(poolStateSchema) }).optional(),
  /** Where each client was at `startedAt`; the newest 5,000 of them. */
  clients: z.array(z.object({ pool: z.string(), key: z.string(), node: z.string() })),
  /** What happened, in order; the first 50,000 of it. */
  entries: z.array(journalEntrySchema),
  /** Counters: a tick every 100 ms in a scenario's run, 1 s and more in what is cut out of older history; `intervalMs` says so for each. */
  ticks: z.array(trafficTickSchema),
  /** Requests that were retried or lost; the first 1,000 of them. */
  requests: z.array(requestRecordSchema),
  score: scoreSchema,
  outcomes: z.array(outcomeSchema),
  observed: observedClientsSchema.nullable(),
  /** Why it ended before its time, in words; missing: it did not. Expectations are not judged then. */
  stopped: z.string().optional(),
  /** Stretches nobody recorded (the program did not run). */
  gaps: z.array(z.object({ from: z.number(), to: z.number() })),
  /** How many entries and requests were left out, being too many for one run; the score counts them all the same. Missing: none. */
  omitted: z.object({ entries: z.number(), requests: z.number() }).optional(),
});
export type Run = z.output<typeof runSchema>;
