import { z } from 'zod';
import { observedStateSchema } from './state.ts';
import { verdicts } from './verdicts.ts';

export const verdictSchema = z.enum(verdicts);

/** One client of a pool as stickiness or the client table knows it. */
export const clientSchema = z.object({
  pool: z.string(),
  /** Address for table clients; for cookie clients a public id that cannot be used as the cookie. */
  key: z.string(),
  kind: z.enum(['address', 'cookie']),
  node: z.string(),
  /** When it was placed on this node, and its last request; milliseconds since the epoch. */
  since: z.number(),
  lastSeen: z.number(),
  /** How often its node changed. */
  moves: z.number(),
  requests: z.number(),
  /** Counted over its last 10 to 20 seconds; null in its first two. */
  requestsPerSecond: z.number().nullable(),
  pinned: z.boolean(),
  /** The node a person pinned it to; it may be on another while that one cannot serve, or until its next request. null: not pinned. */
  pinnedTo: z.string().nullable(),
  /** How its node was chosen when it came there; `chosen:sticky-cookie`: it brought a cookie from before the engine started. */
  how: verdictSchema,
  /** Where it came from and why it left there, in words, when it came by moving; else null. */
  from: z.string().nullable(),
  reason: z.string().nullable(),
  /** When the entry ends; null when it does not end by time. */
  expiresAt: z.number().nullable(),
});
export type Client = z.output<typeof clientSchema>;

/** How many clients are on a node, how many of them have asked lately, and how they came there. */
export const clientCountsSchema = z.object({
  pool: z.string(),
  node: z.string(),
  clients: z.number(),
  /** Asked something within the time given. */
  active: z.number(),
  /** Pinned to a node, be it this one or another. */
  pinned: z.number(),
  /** Who came by moving is counted by the reason, the others by how they were placed. The most frequent first, at most 20. */
  arrivals: z.array(z.object({ how: verdictSchema, reason: z.string().nullable(), clients: z.number() })),
});
export type ClientCounts = z.output<typeof clientCountsSchema>;

/** One request (http) or session (tcp). */
export const requestRecordSchema = z.object({
  seq: z.number(),
  time: z.number(),
  listener: z.string(),
  pool: z.string(),
  /** The client's address. */
  client: z.string(),
  /** Its key in the pool's table of clients (see Client); null when the pool does not stick, or nobody could be placed. */
  key: z.string().nullable().optional(),
  /** Empty for tcp sessions. */
  method: z.string(),
  path: z.string(),
  /** What the client got; 0 when it got none (tcp, or it went away). */
  status: z.number(),
  durationMs: z.number(),
  /** null: no node served it. */
  node: z.string().nullable(),
  retries: z.number(),
  /**
   * Where the time went, milliseconds; null when no node was asked and it waited for none. Up to the first byte the parts follow
   * one another: waited, tried in vain, connected, and what is left of `firstByteMs` is the node's own.
   */
  phases: z
    .object({
      /** Waited for a node with room; 0 when it did not. */
      queuedMs: z.number(),
      /** Spent on attempts that failed before the one that counts; 0 when the first did. */
      triedMs: z.number(),
      /** Until the node's connection could be used: 0 when one was kept alive; null when there came none. tcp: the node's handshake. */
      connectMs: z.number().nullable(),
      /** From the request's start, as `durationMs`, to the final answer's first byte from the node; null when none came, and for tcp. */
      firstByteMs: z.number().nullable(),
    })
    .nullable(),
  /** The node was asked on a connection kept from an earlier request; null when on none. */
  reused: z.boolean().nullable(),
  why: z.array(z.object({ node: z.string(), verdict: verdictSchema })),
});
export type RequestRecord = z.output<typeof requestRecordSchema>;

/**
 * How the records were chosen: `every` 1 means all were recorded, 10 that one in ten was. What clients got as an error is recorded
 * beside that, one in `errorsEvery` of it: 1, all of it, up to 100 errors a second.
 */
export const samplingSchema = z.object({ every: z.number(), errorsEvery: z.number(), seen: z.number(), recorded: z.number() });
export type Sampling = z.output<typeof samplingSchema>;

const quantiles = {
  /** Milliseconds over the last second or so; null when nothing was answered. */
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
};

/** Ten times a second: what happened since the tick before. Rates are for the reader to work out from `intervalMs`. */
export const trafficTickSchema = z.object({
  epoch: z.number(),
  time: z.number(),
  intervalMs: z.number(),
  listeners: z.array(
    z.object({
      id: z.string(),
      connections: z.number(),
      requests: z.number(),
      errors: z.number(),
      retried: z.number(),
      bytesIn: z.number(),
      bytesOut: z.number(),
      /** How long the answers of the interval took: [bucket, count] as shared/state/latency-buckets.ts numbers them, 3.2 % off at most. */
      latency: z.array(z.tuple([z.number(), z.number()])).optional(),
    }),
  ),
  nodes: z.array(
    z.object({
      pool: z.string(),
      node: z.string(),
      state: observedStateSchema,
      connections: z.number(),
      requests: z.number(),
      errors: z.number(),
      retried: z.number(),
      bytesIn: z.number(),
      bytesOut: z.number(),
      stickyClients: z.number(),
      ...quantiles,
    }),
  ),
  /** Over all listeners' answers. */
  total: z.object(quantiles),
  /** Clients that are on a node, over all pools: as many as `clients.list` counts. */
  clients: z.number(),
});
export type TrafficTick = z.output<typeof trafficTickSchema>;

const series = z.array(z.number().nullable());

/**
 * The past in equal steps, oldest first. Every array has one value a step. null is a gap: nobody counted then (Evenkeel did not
 * run, the node was not there), or for quantiles: nothing was answered. Counts are exact sums of what the ticks said.
 */
export const trafficHistorySchema = z.object({
  /** Length of a step, milliseconds. */
  stepMs: z.number(),
  /** When the first step begins, milliseconds since the epoch; a multiple of `stepMs`. */
  start: z.number(),
  /** Time of the newest tick in it; null when there was none yet. */
  lastTick: z.number().nullable(),
  /** How much of each step was counted, milliseconds: divide by it for a rate. 0 in a gap. */
  countedMs: z.array(z.number()),
  /** Over all listeners, as clients saw it. */
  total: z.object({
    requests: series,
    errors: series,
    /** Bytes from clients and to clients. */
    bytesIn: series,
    bytesOut: series,
    /** Open client connections, the most in the step. */
    connections: series,
    /** Milliseconds; the highest the ticks of the step said, as quantiles cannot be added. */
    p50: series,
    p95: series,
    p99: series,
  }),
  /** Nodes that were there at any time in the range; at most 256, those seen last. */
  nodes: z.array(
    z.object({
      pool: z.string(),
      node: z.string(),
      requests: series,
      errors: series,
      /** The most in the step. */
      connections: series,
      /** Milliseconds; the highest the ticks of the step said. */
      p95: series,
    }),
  ),
});
export type TrafficHistory = z.output<typeof trafficHistorySchema>;
