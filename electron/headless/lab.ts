import { createControlPlane, type ControlPlane } from '../control/control-plane.ts';
import { createLab } from '../control/create-lab.ts';
import { parseScenario } from '../control/lab/parse-scenario.ts';
import { shippedScenarios } from '../control/lab/shipped-scenarios.ts';
import type { Log } from '../control/log.ts';
import { EngineHost } from '../engine/thread/host.ts';
import { fileProblem, readJsonFile, stageFile } from '../store/json-file.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { StoreError, type StagedWrite } from '../store/store.ts';
import type { Run } from '../../shared/model/run.ts';
import type { Scenario } from '../../shared/model/scenario.ts';
import type { ConfigIssue } from '../../shared/model/validate.ts';
import type { UiOptions } from './arguments.ts';
import { issueLine } from './check.ts';
import { listLine, phaseLine, progressLine, reportLines } from './lab-report.ts';
import { prepareForTheUnexpected } from './last-resort.ts';
import { openUi } from './open-ui.ts';
import { untilStopped } from './signals.ts';
import { makeToken } from './token.ts';
import { version } from './version.ts';

/** `evenkeel lab list`: the scenarios that come with Evenkeel. @returns the exit code. */
export function listScenarios(print: (line: string) => void): number {
  const width = Math.max(...shippedScenarios.map(({ id }) => id.length));
  for (const scenario of shippedScenarios) print(listLine(scenario, width));
  return 0;
}

/** A shipped scenario by its name, or one from a file. */
async function read(source: string): Promise<{ scenario: Scenario; issues: [] } | { scenario?: undefined; issues: ConfigIssue[] }> {
  const shipped = shippedScenarios.find(({ id }) => id === source);
  if (shipped) return { scenario: shipped, issues: [] };
  try {
    return parseScenario(await readJsonFile(source));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const names = /[./\\]/.test(source)
      ? ''
      : `, and no scenario of that name comes with Evenkeel (${shippedScenarios.map(({ id }) => id).join(', ')})`;
    return { issues: [{ path: error.path, message: `${error.message}${names}` }] };
  }
}

/** `evenkeel lab check`: one line a problem on stdout. @returns the exit code. */
export async function checkScenario(source: string, print: (line: string) => void): Promise<number> {
  const { issues } = await read(source);
  for (const issue of issues) print(issueLine(source, issue));
  return issues.length === 0 ? 0 : 1;
}

export interface RunScenarioOptions extends UiOptions {
  /** A shipped scenario's name, or a file. */
  source: string;
  /** Where the run goes as JSON; undefined: nowhere. */
  report: string | undefined;
  /** Results: scorecard and expectations. */
  print: (line: string) => void;
  /** Progress, for a person. */
  say: (line: string) => void;
  log: Log;
}

/**
 * `evenkeel lab run`: runs a scenario on a demo of its own, nothing saved.
 * @returns 0: every expectation held; 1: one was broken, the run was stopped, the scenario is invalid or the report not writable.
 */
export async function runScenario(options: RunScenarioOptions): Promise<number> {
  const { print, say, log } = options;
  const { scenario, issues } = await read(options.source);
  if (!scenario) {
    for (const issue of issues) print(issueLine(options.source, issue));
    say(`The scenario is invalid; nothing was run.`);
    return 1;
  }
  // Before the run: half a minute later is late to learn that the folder does not exist.
  if (options.report !== undefined && !(await isWritable(options.report, print))) return 1;
  prepareForTheUnexpected(log);
  const engineHost = new EngineHost({
    onProblem: (message, detail) => {
      log('error', message, detail === undefined ? {} : { detail });
    },
  });
  const plane = createControlPlane({
    host: 'headless',
    store: createMemoryStore(),
    settingsStore: createMemoryStore(),
    engineHost,
    createLab,
    log,
    version,
  });
  const token = makeToken();
  const ui = await openUi(plane, token, { ...options, elsewhere: true });
  try {
    const stopped = untilStopped(undefined);
    await plane.start();
    followProgress(plane, say);
    if (ui) say(`Watch it at ${ui.url}?token=${token}`);
    void stopped.then((signal) => plane.lab.stopScenario(`${signal} came`));
    await plane.lab.runScenario(scenario);
    await plane.lab.scenarioOver;
    const run = plane.lab.lastRun();
    if (!run) {
      print(`Stopped before the clock ran: ${plane.lab.get().run?.stopped ?? 'it is not known why'}. There is nothing to report.`);
      return 1;
    }
    const written = options.report === undefined || (await write(options.report, run, print));
    for (const line of reportLines(run)) print(line);
    return written && run.stopped === undefined && run.outcomes.every((outcome) => outcome.held) ? 0 : 1;
  } finally {
    await plane.close();
    await ui?.close();
    await engineHost.destroy();
  }
}

function followProgress(plane: ControlPlane, say: (line: string) => void): void {
  let phase: string | undefined;
  plane.subscribe('lab.changed', (state) => {
    if (state.run?.phase === phase) return;
    phase = state.run?.phase;
    const line = phaseLine(state);
    if (line !== undefined) say(line);
  });
  plane.subscribe('journal.entry', (entry) => {
    const { run, nodes } = plane.lab.get();
    if (run?.phase !== 'running' || run.startedAt === null) return;
    const line = progressLine(entry, run.startedAt, new Map(nodes.map(({ id, label }) => [id, label])));
    if (line !== undefined) say(line);
  });
}

const reportProblem = (file: string, error: unknown): string =>
  `The report cannot be written to ${file}: ${fileProblem(error).replace(`${file} cannot be written: `, '')}.`;

async function isWritable(file: string, print: (line: string) => void): Promise<boolean> {
  try {
    await (await stageFile(file, '')).discard();
    return true;
  } catch (error) {
    print(reportProblem(file, error));
    return false;
  }
}

/** All of it or nothing: a report that is there is whole. */
async function write(file: string, run: Run, print: (line: string) => void): Promise<boolean> {
  let staged: StagedWrite | undefined;
  try {
    staged = await stageFile(file, `${JSON.stringify(run)}\n`);
    await staged.commit();
    return true;
  } catch (error) {
    await staged?.discard();
    print(reportProblem(file, error));
    return false;
  }
}
