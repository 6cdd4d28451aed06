import { z } from 'zod';
import { authorityStatusSchema, issuedSchema, issueRequestSchema } from '../model/authority.ts';
import { certificateFactsSchema, certificateRequestSchema, certificateStatusSchema } from '../model/certificate.ts';
import { certificateSchema, configSchema, nodeModeSchema, nodeSchema, poolSchema } from '../model/config.ts';
import { foundServerSchema } from '../model/discovery.ts';
import { faultSchema, injectedFaultSchema } from '../model/fault.ts';
import { journalEntrySchema, journalKindSchema } from '../model/journal.ts';
import {
  clientCountsSchema,
  clientSchema,
  requestRecordSchema,
  samplingSchema,
  trafficHistorySchema,
  trafficTickSchema,
} from '../model/metrics.ts';
import { labClientsChangeSchema, labClientsSchema, outcomeSchema, scenarioSchema } from '../model/scenario.ts';
import { runSchema, runSummarySchema } from '../model/run.ts';
import { checkResultSchema, nodeStateSchema, patchSchema, snapshotSchema } from '../model/state.ts';
import { updateStateSchema } from '../model/update.ts';
import type { EventChannel, RequestChannel } from './channels.ts';

/**
 * Every message between the window (or a script) and the control plane. Handlers, the renderer's client, the preload's
 * names and the tests' fake main are all derived from this object; a missing handler is a type error.
 * Params are validated by the router, results in tests and development, events in the renderer.
 */

const id = z.string().min(1).max(64);
const empty = z.strictObject({});
const page = { offset: z.number().int().min(0).optional(), limit: z.number().int().min(1).max(1000).optional() };
const after = { afterSeq: z.number().int().min(0).optional(), limit: z.number().int().min(1).max(1000).optional() };
const issue = z.object({ path: z.string(), message: z.string() });

/** From and until when, milliseconds since the epoch. */
const times = { from: z.number().min(0), to: z.number().min(0) };
const upToADay = ({ from, to }: { from: number; to: number }) => to > from && to - from <= 86_400_000;
const notUpToADay = { error: 'must lie after "from", by 24 h (86,400,000 ms) at most', path: ['to'] };
const runName = z.string().trim().min(1).max(100);

/** Read by `parseConfig`, which says what is wrong better than a schema at the door could. */
const rawConfig = z.unknown().refine((value) => value !== undefined, { error: 'is required' });

/** "22:00". */
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day, as in "22:00"' });

export const settingsSchema = z.strictObject({
  /** Default system. */
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  /** `reduced` shows changes without travel, whatever the system says. Default system. */
  motion: z.enum(['system', 'reduced']).default('system'),
  // From here on: of the desktop program alone.
  /** Evenkeel starts when its owner logs in. Default false. */
  startAtLogin: z.boolean().default(false),
  /** Started at login it shows no window until the tray is asked for it. Default false. */
  startHidden: z.boolean().default(false),
  /** Closing the window leaves the balancer running in the tray; false: it quits. Default true. */
  closeToTray: z.boolean().default(true),
  /** Announced by the system: nodes that go down and come back. Default true. */
  notifyNodes: z.boolean().default(true),
  /** Listeners that serve nothing any more, also while the window is in front; an engine that had to be started anew. Default true. */
  notifyAllDown: z.boolean().default(true),
  /** Certificates that end in 14 or 3 days, or have ended. Default true. */
  notifyCertificates: z.boolean().default(true),
  /** No announcements from one time of day until another, in this machine's own time; null: at any time. Default null. */
  quietHours: z.strictObject({ from: timeOfDay, until: timeOfDay }).nullable().default(null),
  /** The update feed is asked when Evenkeel starts and once a day; off, nothing is asked and no updater is loaded. Default false. */
  lookForUpdates: z.boolean().default(false),
});
export type Settings = z.output<typeof settingsSchema>;

/** What the window is to open or to say: asked for by the system, the menu or the tray. Nothing of it changes anything by itself. */
export const openingSchema = z.discriminatedUnion('kind', [
  /** A file to look at before it is applied: its name and its text. */
  z.object({ kind: z.literal('file'), name: z.string(), text: z.string() }),
  /** A screen: "#/pools/web". */
  z.object({ kind: z.literal('screen'), hash: z.string() }),
  /** A mode that is asked for; the window asks back before the last node goes. */
  z.object({ kind: z.literal('mode'), pool: z.string(), node: z.string(), mode: nodeModeSchema }),
  /** Something that has to be said. */
  z.object({ kind: z.literal('notice'), title: z.string(), text: z.string() }),
]);
export type Opening = z.output<typeof openingSchema>;

/** A scenario that runs or ran last. */
export const labRunSchema = z.object({
  /** The scenario's id and name. */
  id: z.string(),
  name: z.string(),
  /** starting: the demo starts; warm-up: traffic runs, the clock does not; running; done: over, or stopped. */
  phase: z.enum(['starting', 'warm-up', 'running', 'done']),
  /** When its clock started, milliseconds since the epoch; null before. */
  startedAt: z.number().nullable(),
  warmUpMs: z.number(),
  durationMs: z.number(),
  /** In order; `done` once it was taken. */
  steps: z.array(z.object({ atMs: z.number(), words: z.string(), done: z.boolean() })),
  /** Why it ended before its time, in words; null when it did not. */
  stopped: z.string().nullable(),
  /** What came of each expectation, once it is over; empty before, and when it was stopped. */
  outcomes: z.array(outcomeSchema),
  /** Whether all of them held; null while that is not known, and when there are none. */
  held: z.boolean().nullable(),
  /** The recorded run's id, once it is over; null before. */
  runId: z.string().nullable(),
});
export type LabRun = z.output<typeof labRunSchema>;

export const labStateSchema = z.object({
  /** Whether the demo's nodes and clients run. */
  running: z.boolean(),
  nodes: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      address: z.string(),
      /** Where it echoes TCP, as a node of the pool `demo-tcp`; null when that was not asked for. */
      tcpAddress: z.string().nullable(),
      /** dead: killed; its port refuses connections until it is revived. */
      state: z.enum(['running', 'dead']),
      /** What it suffers; null when it is well. */
      fault: faultSchema.nullable(),
    }),
  ),
  /** Faults the engine makes up for nodes, the Lab's or others (DEMO); never saved. */
  injected: z.array(injectedFaultSchema),
  clients: labClientsSchema.extend({
    /** Whether this platform lets each client have an address of its own. */
    ownAddressesPossible: z.boolean(),
    /** What they count themselves, beside the engine. Nothing is asked twice, so every request is counted once. */
    sent: z.number(),
    answered: z.number(),
    /** Answers 5xx, broken connections and timeouts, as a client sees them. */
    failed: z.number(),
    /** Whole answers and 5xx by the node that said to have answered (X-Node); Evenkeel's own answers name none. */
    byNode: z.array(z.object({ node: z.string(), answers: z.number() })),
    /** WebSockets: open now, opened so far, messages sent, echoed, and those that broke or could not be opened. */
    sockets: z.object({ open: z.number(), opened: z.number(), sent: z.number(), echoed: z.number(), broken: z.number() }),
  }),
  /** Where the demo listens: "http://127.0.0.1:8080/"; null when it does not run. */
  url: z.string().nullable(),
  /** Where the demo's TCP listener is: "127.0.0.1:8180"; null when it was not asked for. */
  tcp: z.string().nullable(),
  /** The scenario that runs or ran last; null when none did. */
  run: labRunSchema.nullable(),
});
export type LabState = z.output<typeof labStateSchema>;

export const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['desktop', 'headless']),
  /** Node's name for the platform: linux, darwin, win32. */
  platform: z.string(),
  startedAt: z.number(),
  /** Where the configuration is saved; null when it is not (the demo). */
  configPath: z.string().nullable(),
  /** Balancing is paused: no listener accepts, whatever the configuration says. */
  paused: z.boolean(),
  /** What was lost when a damaged file was found at this start, in words; null: none was found. */
  recovered: z.string().nullable(),
});
export type AppInfo = z.output<typeof appInfoSchema>;

export const requests = {
  'app.info': { params: empty, result: appInfoSchema },
  /**
   * Closes every listener, or opens them again as the configuration says. What is in flight may finish within its drain timeout; checks
   * go on. Not saved: a program that starts is not paused.
   */
  'app.setPaused': { params: z.strictObject({ paused: z.boolean() }), result: z.object({ paused: z.boolean() }) },
  /** What the window was asked to open or to say since it asked last. Each is handed over once. */
  'app.takeOpenings': { params: empty, result: z.object({ openings: z.array(openingSchema) }) },
  'config.get': { params: empty, result: configSchema },
  'config.validate': { params: z.strictObject({ config: rawConfig }), result: z.object({ issues: z.array(issue) }) },
  /** All or nothing. `changed` names what differs: "listeners.web", "pools.web", "pools.web.nodes.a", "certificates.x". */
  'config.apply': { params: z.strictObject({ config: rawConfig }), result: z.object({ changed: z.array(z.string()) }) },
  /** What runs, for another program. `notes`: what it cannot say, each also a comment in `text`. Keys are never in it. */
  'config.export': {
    params: z.strictObject({ to: z.enum(['haproxy', 'nginx', 'nodebalancer-terraform']) }),
    result: z.object({ text: z.string(), notes: z.array(issue) }),
  },
  /** Reads another program's file. Nothing is applied by it; `config` is one that `config.apply` may be given. */
  'config.import': {
    params: z.strictObject({ from: z.literal('haproxy'), text: z.string().max(1_000_000) }),
    result: z.object({
      config: z.record(z.string(), z.unknown()),
      /** What was left out or changed its meaning: its line, its name without arguments, and why. */
      notes: z.array(z.object({ line: z.number(), directive: z.string(), reason: z.string() })),
    }),
  },
  /** Reads the saved configuration again, as SIGHUP does: what others changed in the file runs then. All or nothing. */
  'config.reload': { params: empty, result: z.object({ changed: z.array(z.string()) }) },
  /**
   * Copies of the saved configuration from before its last changes, the newest first, ten at most. `changed`: what restoring one would
   * change, as `config.apply` names it; `problem`: why it cannot be. `kept` false: no copies are kept here.
   */
  'backups.list': {
    params: empty,
    result: z.object({
      kept: z.boolean(),
      backups: z.array(
        z.object({
          id,
          /** When it was replaced, milliseconds since the epoch. */
          time: z.number(),
          bytes: z.number(),
          changed: z.array(z.string()),
          problem: z.string().nullable(),
        }),
      ),
    }),
  },
  /** The copy as it was saved. */
  'backups.get': { params: z.strictObject({ id }), result: z.object({ config: z.unknown() }) },
  /** Applies a copy in place of the whole saved configuration; what runs unsaved beside it (the demo) goes on. All or nothing. */
  'backups.restore': { params: z.strictObject({ id }), result: z.object({ changed: z.array(z.string()) }) },
  'node.setMode': { params: z.strictObject({ pool: id, node: id, mode: nodeModeSchema }), result: nodeStateSchema },
  /** Takes every client off the node but those pinned to it; each is placed afresh by its next request. Sessions and requests in flight go on. */
  'node.moveClients': { params: z.strictObject({ pool: id, node: id }), result: z.object({ moved: z.number() }) },
  'engine.snapshot': { params: empty, result: snapshotSchema },
  /**
   * `limit` defaults to 100. `search` finds in key, case ignored; `key` is exactly this client. `moved`, `pinned`: true: only those.
   * Sorted in the engine; without `sort` who ends first stands first.
   */
  'clients.list': {
    params: z.strictObject({
      pool: id.optional(),
      node: id.optional(),
      search: z.string().max(200).optional(),
      key: z.string().min(1).max(200).optional(),
      moved: z.boolean().optional(),
      pinned: z.boolean().optional(),
      sort: z.enum(['key', 'kind', 'pool', 'node', 'since', 'moves', 'lastSeen', 'rate', 'requests', 'expires']).optional(),
      order: z.enum(['asc', 'desc']).optional(),
      ...page,
    }),
    result: z.object({ total: z.number(), clients: z.array(clientSchema) }),
  },
  /** How many clients are on each node of pools that stick, and how they came there. `activeMs`: who asked within it is active, default 5,000. */
  'clients.summary': {
    params: z.strictObject({ pool: id.optional(), activeMs: z.number().int().min(100).max(86_400_000).optional() }),
    result: z.object({ nodes: z.array(clientCountsSchema) }),
  },
  'clients.pin': { params: z.strictObject({ pool: id, key: z.string().min(1).max(200), node: id }), result: clientSchema },
  /** Takes the pin off; the client stays on its node as others do, and its entry's time begins anew. Harmless when there is none. */
  'clients.unpin': { params: z.strictObject({ pool: id, key: z.string().min(1).max(200) }), result: clientSchema },
  'clients.release': { params: z.strictObject({ pool: id, key: z.string().min(1).max(200) }), result: empty },
  /**
   * Oldest first: after `afterSeq`, or the newest `limit` (default 100), of those before `beforeSeq` where that is given. `from`, `to`:
   * only entries of that time, both included, milliseconds since the epoch. `kinds`: only these; default all. What is kept on disk is
   * searched too, as far back as 16 of its files reach.
   */
  'journal.list': {
    params: z
      .strictObject({
        ...after,
        beforeSeq: z.number().int().min(1).optional(),
        from: z.number().optional(),
        to: z.number().optional(),
        kinds: z.array(journalKindSchema).max(50).optional(),
      })
      .refine((query) => query.afterSeq === undefined || query.beforeSeq === undefined, {
        error: 'excludes beforeSeq',
        path: ['afterSeq'],
      }),
    result: z.object({ entries: z.array(journalEntrySchema), lastSeq: z.number() }),
  },
  'requests.list': {
    params: z.strictObject({
      ...after,
      filter: z
        .strictObject({
          listener: id.optional(),
          pool: id.optional(),
          node: id.optional(),
          client: z.string().max(200).optional(),
          method: z.string().max(32).optional(),
          path: z.string().max(2000).optional(),
          status: z.number().int().optional(),
          /** The first digit of the status: 5 is 500–599; 0 is "no answer reached the client". */
          statusClass: z.number().int().min(0).max(9).optional(),
          /** true: only requests that were retried, whatever came of it. */
          retried: z.boolean().optional(),
        })
        .optional(),
    }),
    result: z.object({ entries: z.array(requestRecordSchema), sampling: samplingSchema }),
  },
  /** What went through in the last `rangeMs` (up to 24 h), in the finest steps that reach back so far: 1 s, 10 s or 60 s. */
  'traffic.history': { params: z.strictObject({ rangeMs: z.number().int().min(1_000).max(86_400_000) }), result: trafficHistorySchema },
  /** What is remembered of the past: from when to when (null: nothing yet), how much room it takes, and whether it outlives the process. */
  'history.span': {
    params: empty,
    result: z.object({ oldest: z.number().nullable(), newest: z.number().nullable(), bytes: z.number(), onDisk: z.boolean() }),
  },
  /** A stretch of the past, up to 24 h, as a run: in at most 3,600 ticks and 50,000 entries. */
  'history.range': { params: z.strictObject(times).refine(upToADay, notUpToADay), result: runSchema },
  /** The newest first; the newest 50 are kept. */
  'runs.list': { params: empty, result: z.object({ runs: z.array(runSummarySchema) }) },
  'runs.get': { params: z.strictObject({ id }), result: runSchema },
  /** Cuts a stretch of the past out and keeps it as a run. */
  'runs.save': { params: z.strictObject({ ...times, name: runName }).refine(upToADay, notUpToADay), result: runSummarySchema },
  'runs.rename': { params: z.strictObject({ id, name: runName }), result: runSummarySchema },
  'runs.remove': { params: z.strictObject({ id }), result: empty },
  /** Runs one probe of a node as the form stands, saved or not. */
  'check.try': {
    params: z.strictObject({
      node: nodeSchema,
      healthCheck: poolSchema.shape.healthCheck,
      /** As its pool has it: sent ahead of the check too. Default none. */
      proxyProtocol: poolSchema.shape.proxyProtocol.optional(),
    }),
    result: checkResultSchema,
  },
  /** Every configured certificate as it is served, without its key. */
  'certificates.list': { params: empty, result: z.object({ certificates: z.array(certificateStatusSchema) }) },
  /** What a certificate of a form says of itself, configured or not; `issues` name its fields: "certPem", "keyFile". */
  'certificates.inspect': {
    params: z.strictObject({ certificate: certificateSchema }),
    result: z.object({ facts: certificateFactsSchema.nullable(), certPem: z.string().nullable(), issues: z.array(issue) }),
  },
  /** Makes a self-signed certificate and its key (EC P-256). Nothing is configured by it: both belong into a `config.apply`. */
  'certificates.generate': {
    params: certificateRequestSchema,
    result: z.object({ certPem: z.string(), keyPem: z.string(), facts: certificateFactsSchema }),
  },
  /** The local authority, what it signed, and who on this machine trusts it; every store is asked. Never a key. */
  'authority.status': { params: empty, result: authorityStatusSchema },
  /** Makes the authority, unless there is one. */
  'authority.create': { params: empty, result: authorityStatusSchema },
  /**
   * Puts another one with another key in its place and has it sign anew what the present one signed; refused while a store trusts that.
   * `untrust`, default false, takes it out of every store before, if all of them may be changed.
   */
  'authority.replace': { params: z.strictObject({ untrust: z.boolean().default(false) }), result: authorityStatusSchema },
  /** Signs for local names, into files a `config.apply` may name; the same names again renew them. Makes the authority where there is none. */
  'authority.issue': { params: issueRequestSchema, result: issuedSchema },
  /** Has a store (`stores[].id`) trust the authority, and asks it then. Never with more rights than this program has. */
  'authority.trust': { params: z.strictObject({ store: z.string().min(1).max(1_000) }), result: authorityStatusSchema },
  /** Takes exactly this authority out of a store again, and asks it then. */
  'authority.untrust': { params: z.strictObject({ store: z.string().min(1).max(1_000) }), result: authorityStatusSchema },
  /** Programs that listen on this machine, other than this one: what could be a node. Empty where it cannot be known. */
  'discovery.list': { params: empty, result: z.object({ servers: z.array(foundServerSchema) }) },
  'lab.get': { params: empty, result: labStateSchema },
  /**
   * Starts demo nodes (default 3) and clients and adds the demo listener and pool (id `demo`) to the running configuration,
   * unsaved. `tcp`: the nodes echo TCP as well, behind a listener and a pool `demo-tcp`. Default false.
   */
  'lab.start': {
    params: z.strictObject({ nodes: z.number().int().min(1).max(8).optional(), tcp: z.boolean().optional() }),
    result: labStateSchema,
  },
  /** Stops them and takes the demo's listeners and pools away again. */
  'lab.end': { params: empty, result: labStateSchema },
  /** Changes what the clients do; what is not named stays. */
  'lab.setClients': { params: labClientsChangeSchema, result: labStateSchema },
  /** `lab.setFault` with the fault `kill`, and with none. */
  'lab.kill': { params: z.strictObject({ node: id }), result: labStateSchema },
  'lab.revive': { params: z.strictObject({ node: id }), result: labStateSchema },
  /** What a demo node suffers from now on, in place of what it suffered; null ends it. */
  'lab.setFault': { params: z.strictObject({ node: id, fault: faultSchema.nullable() }), result: labStateSchema },
  /** The engine makes up a fault for any node (DEMO), until it is ended or the program is; null ends it. */
  'lab.injectFault': {
    params: z.strictObject({ pool: id, node: id, fault: injectedFaultSchema.shape.fault.nullable() }),
    result: labStateSchema,
  },
  /** Ends every fault, demo nodes' and injected ones. */
  'lab.endFaults': { params: empty, result: labStateSchema },
  'lab.scenarios': {
    params: empty,
    /** Those that come with Evenkeel. */
    result: z.object({ scenarios: z.array(z.object({ scenario: scenarioSchema, shipped: z.boolean() })) }),
  },
  /** Every problem of a scenario; an empty list when it can be run. */
  'lab.checkScenario': { params: z.strictObject({ scenario: rawConfig }), result: z.object({ issues: z.array(issue) }) },
  /** Starts the demo anew and runs a scenario on it: a shipped one by its id, or a document. Answers when it has begun. */
  'lab.runScenario': { params: z.strictObject({ scenario: rawConfig }), result: labStateSchema },
  /** Ends the running scenario now. The demo goes on, without faults. */
  'lab.stopScenario': { params: empty, result: labStateSchema },
  'settings.get': { params: empty, result: settingsSchema },
  'settings.set': { params: settingsSchema.partial(), result: settingsSchema },
  /** How far bringing this program up to date has come. Headless programs are brought up to date the way they were installed. */
  'updates.get': { params: empty, result: updateStateSchema },
  /** Asks the feed now. This and the following change nothing when they do not apply, and answer with how things stand. */
  'updates.check': { params: empty, result: updateStateSchema },
  /** Fetches the version that was found; nothing is installed by it. */
  'updates.download': { params: empty, result: updateStateSchema },
  /** Ends the download. */
  'updates.stop': { params: empty, result: updateStateSchema },
  /** Quits as usual, what is in flight may finish, and starts again as the version that was downloaded. */
  'updates.install': { params: empty, result: updateStateSchema },
} satisfies Record<RequestChannel, { params: z.ZodType; result: z.ZodType }>;

export const events = {
  'app.paused': z.object({ paused: z.boolean() }),
  /** Something waits for `app.takeOpenings`. */
  'app.openings': z.object({ waiting: z.number() }),
  'engine.patch': patchSchema,
  'traffic.tick': trafficTickSchema,
  'journal.entry': journalEntrySchema,
  /** At most ten times a second: the newest recorded requests, at most 50 a tick. */
  'requests.tick': z.object({ entries: z.array(requestRecordSchema), sampling: samplingSchema }),
  'config.changed': z.object({ changed: z.array(z.string()) }),
  'lab.changed': labStateSchema,
  'settings.changed': settingsSchema,
  'runs.changed': z.object({ runs: z.array(runSummarySchema) }),
  'updates.changed': updateStateSchema,
} satisfies Record<EventChannel, z.ZodType>;

export type Params<C extends RequestChannel> = z.output<(typeof requests)[C]['params']>;
export type Result<C extends RequestChannel> = z.output<(typeof requests)[C]['result']>;
export type Payload<C extends EventChannel> = z.output<(typeof events)[C]>;
export type Handlers = { [C in RequestChannel]: (params: Params<C>) => Result<C> | Promise<Result<C>> };
