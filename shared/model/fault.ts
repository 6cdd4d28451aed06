import { z } from 'zod';

/**
 * What can be made to go wrong with a node, on purpose. A node has one fault at a time; setting another takes its place.
 * Durations are milliseconds.
 */

/** Half of the answers wait `medianMs`, 95 of 100 at most `p95Ms`; the rest is a log-normal tail. */
const latency = {
  medianMs: z.number().min(1).max(30_000),
  p95Ms: z.number().min(1).max(60_000),
};

export const faultSchema = z.discriminatedUnion('type', [
  /** The program ends as when a machine loses power: open connections break, the port refuses. */
  z.strictObject({ type: z.literal('kill') }),
  /** The port refuses new connections; those that are open go on. */
  z.strictObject({ type: z.literal('refuse') }),
  /** Accepts and reads, never answers. */
  z.strictObject({ type: z.literal('hang') }),
  /** Every answer, checks' too, waits. */
  z.strictObject({ type: z.literal('slow'), ...latency }).refine((fault) => fault.p95Ms >= fault.medianMs, {
    error: 'must be at least medianMs',
    path: ['p95Ms'],
  }),
  /** A share of requests, checks' too, is answered with a 5xx. */
  z.strictObject({
    type: z.literal('errors'),
    /** 0.01–1. */
    share: z.number().min(0.01).max(1),
    /** 500–599, default 503. */
    status: z.number().int().min(500).max(599).default(503),
  }),
  /** A share of answers breaks off in the middle of the body, with a reset. */
  z.strictObject({
    type: z.literal('reset'),
    /** 0.01–1, default 1. */
    share: z.number().min(0.01).max(1).default(1),
  }),
  /** Killed and started again, over and over. */
  z.strictObject({
    type: z.literal('flap'),
    /** How long it runs each time, 200–600,000. */
    upMs: z.number().int().min(200).max(600_000),
    /** How long it is gone each time, 200–600,000. */
    downMs: z.number().int().min(200).max(600_000),
  }),
  /** Answers trickle: all connections of the node together get no more than this. */
  z.strictObject({
    type: z.literal('bandwidth'),
    /** Bytes a second, 1,000–1,000,000,000. */
    bytesPerSecond: z.number().int().min(1_000).max(1_000_000_000),
  }),
]);
export type Fault = z.output<typeof faultSchema>;
export type FaultType = Fault['type'];

/** Those that the engine can make up for a node that is not the Lab's. */
export const injectableFaults = ['refuse', 'slow', 'errors'] as const satisfies readonly FaultType[];

/** A fault the engine itself makes up for a node: what it does stands beside the real traffic, and is tagged DEMO wherever it shows. */
export const injectedFaultSchema = z.strictObject({
  pool: z.string().min(1).max(64),
  node: z.string().min(1).max(64),
  fault: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('refuse') }),
    z.strictObject({ type: z.literal('slow'), ...latency }),
    z.strictObject({
      type: z.literal('errors'),
      share: z.number().min(0.01).max(1),
      status: z.number().int().min(500).max(599).default(503),
    }),
  ]),
});
export type InjectedFault = z.output<typeof injectedFaultSchema>;
