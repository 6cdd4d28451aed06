import { z } from 'zod';
import { nodeModeSchema } from './config.ts';
import { faultSchema } from './fault.ts';
import { observedStateSchema } from './state.ts';

/**
 * A scenario: what the Lab does when, and what has to come of it. A JSON document like the configuration: versioned, checked
 * before it runs, unknown keys are errors. It runs on the Lab's own demo nodes. Times are milliseconds from the start of the run.
 */

/** Longest run. Milliseconds. */
export const maxScenarioMs = 3_600_000;

const atMs = z.number().int().min(0).max(maxScenarioMs);
/** A demo node: "a" to "h". */
const node = z.string().min(1).max(64);

/** Without defaults: a default inside an optional field would be filled in where nothing was said. */
const clientFields = {
  /** Simulated browsers, each with its own cookie jar. 0–1,000. */
  count: z.number().int().min(0).max(1000),
  /** Requests a second that all of them make together. 0–2,000. */
  requestsPerSecond: z.number().min(0).max(2000),
  /** Share of requests that come on a connection kept open from the one before. 0–1. */
  keepAlive: z.number().min(0).max(1),
  /** Share of the browsers that hold a WebSocket open and talk over it. 0–1. */
  webSockets: z.number().min(0).max(1),
  /** Each browser comes from an address of its own (127.0.0.2 and on), where the platform lets it: Linux. */
  ownAddresses: z.boolean(),
};

/** How the Lab's clients behave unless told otherwise. */
export const defaultLabClients = { count: 24, requestsPerSecond: 40, keepAlive: 1, webSockets: 0, ownAddresses: false };

export const labClientsSchema = z.strictObject(clientFields);
export type LabClients = z.output<typeof labClientsSchema>;
export const labClientsChangeSchema = labClientsSchema.partial();

/**
 * Options of the demo pool a scenario sets, as they stand in a configuration file ("healthCheck", "algorithm", "retries", …);
 * id, name and nodes are the Lab's. They are laid over the demo's and checked as part of a configuration.
 */
export const scenarioPoolSchema = z.record(z.string(), z.unknown());

export const scenarioStepSchema = z.discriminatedUnion('do', [
  z.strictObject({ atMs, do: z.literal('fault'), node, fault: faultSchema }),
  /** The node's fault ends; a killed node starts again. */
  z.strictObject({ atMs, do: z.literal('heal'), node }),
  z.strictObject({ atMs, do: z.literal('mode'), node, mode: nodeModeSchema }),
  z.strictObject({ atMs, do: z.literal('weight'), node, weight: z.number().int().min(1).max(255) }),
  /** Changes what the simulated clients do; what is not named stays. */
  z.strictObject({ atMs, do: z.literal('clients'), clients: labClientsChangeSchema }),
  /** Changes options of the demo pool; what is not named stays. */
  z.strictObject({ atMs, do: z.literal('pool'), pool: scenarioPoolSchema }),
]);
export type ScenarioStep = z.output<typeof scenarioStepSchema>;

const count = z.number().int().min(0);
const window = { fromMs: atMs.optional(), untilMs: atMs.optional() };

/** What has to hold. Measures are the scorecard's (docs/scorecard.md defines them); without a window they are of the whole run. */
export const expectationSchema = z.discriminatedUnion('what', [
  /** The node is in `state` at some moment from `atMs` until `atMs + withinMs`. */
  z.strictObject({ what: z.literal('state'), node, state: observedStateSchema, atMs, withinMs: atMs }),
  /** Requests lost, as the listener counted them. */
  z.strictObject({ what: z.literal('lost'), max: count, ...window }),
  z.strictObject({ what: z.literal('retried'), min: count.optional(), max: count.optional(), ...window }),
  /** Different clients whose node changed; `node`: away from this node. */
  z.strictObject({ what: z.literal('moved'), node: node.optional(), min: count.optional(), max: count.optional(), ...window }),
  /** Time to detect the node's first failure in the run, and time until it served again once the fault had ended. */
  z.strictObject({ what: z.literal('detect'), node, maxMs: atMs }),
  z.strictObject({ what: z.literal('back'), node, maxMs: atMs }),
  z.strictObject({ what: z.literal('requests'), min: count, ...window }),
  z.strictObject({ what: z.literal('p99'), maxMs: atMs, ...window }),
  /** The node's share of the pool's requests, 0–1. */
  z.strictObject({ what: z.literal('share'), node, min: z.number().min(0).max(1), max: z.number().min(0).max(1), ...window }),
]);
export type Expectation = z.output<typeof expectationSchema>;

export const scenarioSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'must be 1–64 lower-case letters, digits or dashes' }),
  name: z.string().min(1).max(100),
  /** What it shows, in a sentence or two. */
  description: z.string().max(1000).default(''),
  /** Demo nodes, named "a", "b", … Default 3. */
  nodes: z.number().int().min(1).max(8).default(3),
  /** Modes the nodes start with; accept where none is said. */
  modes: z.record(node, nodeModeSchema).default({}),
  pool: scenarioPoolSchema.default({}),
  clients: labClientsChangeSchema.default({}),
  /** Traffic runs this long before the clock starts, so that every client has its node. Default 3,000. */
  warmUpMs: z.number().int().min(0).max(60_000).default(3_000),
  /** How long it runs, 1 s to 1 h. */
  durationMs: z.number().int().min(1_000).max(maxScenarioMs),
  steps: z.array(scenarioStepSchema).max(500),
  expect: z.array(expectationSchema).max(200).default([]),
});
export type Scenario = z.output<typeof scenarioSchema>;

/** What came of one expectation. */
export const outcomeSchema = z.object({
  expectation: expectationSchema,
  held: z.boolean(),
  /** What was wanted and what was seen, in words: "api-2 down within 2.5 s: after 1.7 s". */
  words: z.string(),
});
export type Outcome = z.output<typeof outcomeSchema>;
