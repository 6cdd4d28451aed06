import { z } from 'zod';
import { algorithmSchema, nodeModeSchema, protocolSchema, stickinessTypeSchema } from './config.ts';

/**
 * What the engine sees, as opposed to what the owner wants (config.ts). Times are milliseconds since the epoch,
 * durations milliseconds. `null` is "not known", never zero.
 */

/** What the checker sees: `checking` = not yet decided, or up with a failing streak. It serves until it is down. */
export const observedStateSchema = z.enum(['up', 'down', 'checking']);
export type ObservedState = z.output<typeof observedStateSchema>;

/** The last probe of a node: the evidence behind its state. */
export const checkResultSchema = z.object({
  time: z.number(),
  ok: z.boolean(),
  /** In words: "HTTP 200", "connection refused", "timed out after 500 ms". */
  detail: z.string(),
  durationMs: z.number(),
});
export type CheckResult = z.output<typeof checkResultSchema>;

export const nodeStateSchema = z.object({
  id: z.string(),
  label: z.string(),
  address: z.string(),
  weight: z.number(),
  mode: nodeModeSchema,
  state: observedStateSchema,
  /** Why the state is what it is, in words: "2 of 2 checks timed out". */
  reason: z.string(),
  /** Since when it is in this state. */
  since: z.number(),
  lastCheck: checkResultSchema.nullable(),
  /** Checks in a row with the same outcome: positive passed, negative failed, 0 none yet. */
  streak: z.number(),
  /** Start of the next check; null when none is planned. */
  nextCheckAt: z.number().nullable(),
  /** tcp: open sessions; http: requests in flight and upgraded connections. */
  connections: z.number(),
  /** http: requests sent to it; tcp: sessions. Since the engine started. */
  requests: z.number(),
  /** Failed connects, broken or late answers, and 5xx other than 501 and 505. */
  errors: z.number(),
  /** Requests (tcp: sessions) that failed here and were then tried on another node; counted when the other one is chosen. */
  retried: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  /** Clients stuck to it now. */
  stickyClients: z.number(),
  /** Set while mode is drain: when it began, when who is left is placed anew, and how many sticky clients it had at first. */
  drain: z.object({ since: z.number(), until: z.number(), clientsAtStart: z.number() }).nullable(),
  /** A fault that the engine makes up for it, in short words that begin with "DEMO:"; null: none. */
  fault: z.string().nullable(),
});
export type NodeState = z.output<typeof nodeStateSchema>;

export const poolStateSchema = z.object({
  id: z.string(),
  name: z.string(),
  algorithm: algorithmSchema,
  stickiness: stickinessTypeSchema,
  /** Nodes that would take a new client now. 0: nothing serves. */
  available: z.number(),
  nodes: z.array(nodeStateSchema),
});
export type PoolState = z.output<typeof poolStateSchema>;

export const listenerStateSchema = z.object({
  id: z.string(),
  name: z.string(),
  protocol: protocolSchema,
  /** As bound: "127.0.0.1:8080". */
  address: z.string(),
  pool: z.string(),
  state: z.enum(['up', 'error', 'disabled']),
  /** Why it is not up; empty when it is. */
  reason: z.string(),
  since: z.number(),
  /** Open client connections. */
  connections: z.number(),
  requests: z.number(),
  /**
   * What clients got that was not their own fault: 5xx other than 501 and 505 (a node's or our own), cut answers, and tcp
   * sessions no node took. A failure that a retry made good is not among them; the node's own count has it.
   */
  errors: z.number(),
  /** Requests (tcp: sessions) that were tried on another node at least once; each counted once, when that node is chosen. */
  retried: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
});
export type ListenerState = z.output<typeof listenerStateSchema>;

export const snapshotSchema = z.object({
  /** Changes whenever the engine thread starts anew; sequences of different epochs do not compare. */
  epoch: z.number(),
  /** The patch this snapshot already contains; the next one is seq + 1. */
  seq: z.number(),
  /** When this engine thread started. */
  startedAt: z.number(),
  listeners: z.array(listenerStateSchema),
  pools: z.array(poolStateSchema),
});
export type EngineSnapshot = z.output<typeof snapshotSchema>;

/**
 * What changed since the patch before. `listeners` and `pools` are keyed by id, `nodes` by "pool/node"; a null value
 * means the thing is gone. A structural change (a pool or listener added, or nodes re-ordered) carries the whole lists in `reset`.
 */
export const patchSchema = z.object({
  epoch: z.number(),
  seq: z.number(),
  reset: z.object({ listeners: z.array(listenerStateSchema), pools: z.array(poolStateSchema) }).optional(),
  listeners: z.record(z.string(), listenerStateSchema.partial()).optional(),
  pools: z.record(z.string(), poolStateSchema.omit({ nodes: true }).partial()).optional(),
  nodes: z.record(z.string(), nodeStateSchema.partial()).optional(),
});
export type EnginePatch = z.output<typeof patchSchema>;
