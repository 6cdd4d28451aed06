import { showValue } from '../../../shared/model/config.ts';
import { scenarioSchema, type Scenario } from '../../../shared/model/scenario.ts';
import { formatPath, issuesFrom, type ConfigIssue } from '../../../shared/model/validate.ts';
import { demoConfig, demoNodes, mergeOptions } from './demo-config.ts';

export type ScenarioResult = { scenario: Scenario; issues: [] } | { scenario?: undefined; issues: ConfigIssue[] };

/** Of the demo pool, what a scenario may not set: the Lab does. */
const labsOwn: Record<string, string> = {
  id: 'is the Lab’s own; leave it out',
  name: 'is the Lab’s own; leave it out',
  nodes: 'are the Lab’s own; say how many with the scenario’s "nodes"',
};
/** Only to see whether the options make a valid pool. */
const anywhere = { host: '127.0.0.1', listenerPort: 8080 };

interface RawIssue {
  code: string;
  input?: unknown;
  expected?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
  origin?: string;
  values?: unknown[];
  options?: unknown[];
  discriminator?: string;
}

const typeWords: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is wrong with a value, read on after its path: "must be at most 8, got 12". */
function words(issue: RawIssue): string | undefined {
  const got = `, got ${showValue(issue.input)}`;
  const size = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${typeWords[issue.expected ?? ''] ?? issue.expected}${got}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${size}${got}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${size}${got}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is required';
      return `must be ${issue.values?.length === 1 ? showValue(issue.values[0]) : `one of ${issue.values?.join(', ')}`}${got}`;
    case 'invalid_union':
      if (issue.input === undefined) return 'is required';
      return typeof issue.input === 'object' && issue.discriminator !== undefined
        ? `must be one of ${(issue.options ?? []).join(', ')}${gotAt(issue.input, issue.discriminator)}`
        : `must be an object${got}`;
    default:
      return undefined;
  }
}

const gotAt = (input: object | null, key: string): string => `, got ${showValue((input as Record<string, unknown> | null)?.[key])}`;

/**
 * Reads a scenario of unknown shape.
 * @returns the scenario with every default filled in, or every mistake found, each with its path.
 */
export function parseScenario(raw: unknown): ScenarioResult {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { issues: [{ path: '', message: `must be an object with version, id, name, durationMs and steps, got ${showValue(raw)}` }] };
  }
  const parsed = scenarioSchema.safeParse(raw, { reportInput: true, error: (issue) => words(issue) });
  if (!parsed.success) return { issues: issuesFrom(scenarioSchema, raw, parsed.error.issues) };
  const issues = crossChecks(parsed.data);
  return issues.length > 0 ? { issues } : { scenario: parsed.data, issues: [] };
}

/** What one object's schema cannot see: names, times, order, pairs of bounds, the pool's options. */
function crossChecks(scenario: Scenario): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const say = (path: PropertyKey[], message: string): void => {
    issues.push({ path: formatPath(path), message });
  };
  const nodes = demoNodes.slice(0, scenario.nodes);
  const checkNode = (path: PropertyKey[], id: string): void => {
    if (nodes.some((node) => node.id === id)) return;
    const byLabel = nodes.find((node) => node.label === id);
    const meant = byLabel ? `, did you mean "${byLabel.id}"?` : '';
    say(path, `no demo node has the id "${id}" (there are ${nodes.map((node) => node.id).join(', ')})${meant}`);
  };
  const checkTime = (path: PropertyKey[], ms: number): void => {
    if (ms > scenario.durationMs) say(path, `must be within durationMs (${scenario.durationMs}), got ${ms}`);
  };

  for (const id of Object.keys(scenario.modes)) checkNode(['modes', id], id);
  let pool = checkPool(scenario, {}, scenario.pool, ['pool'], issues);
  scenario.steps.forEach((step, i) => {
    const at = (...rest: PropertyKey[]) => ['steps', i, ...rest];
    checkTime(at('atMs'), step.atMs);
    const before = scenario.steps[i - 1];
    if (before && before.atMs > step.atMs) {
      say(
        at('atMs'),
        `must not be before the step above it (${before.atMs}); steps stand in the order in which they are taken, got ${step.atMs}`,
      );
    }
    if ('node' in step) checkNode(at('node'), step.node);
    if (step.do === 'pool') pool = checkPool(scenario, pool, step.pool, at('pool'), issues);
  });

  scenario.expect.forEach((expectation, i) => {
    const at = (...rest: PropertyKey[]) => ['expect', i, ...rest];
    if ('node' in expectation && expectation.node !== undefined) checkNode(at('node'), expectation.node);
    if (expectation.what === 'state') {
      checkTime(at('atMs'), expectation.atMs);
      const end = expectation.atMs + expectation.withinMs;
      if (expectation.atMs <= scenario.durationMs && end > scenario.durationMs) {
        say(at('withinMs'), `must end with the run: atMs and withinMs together at most ${scenario.durationMs}, got ${end}`);
      }
    }
    if ('fromMs' in expectation || 'untilMs' in expectation) {
      const { fromMs, untilMs } = expectation;
      if (fromMs !== undefined) checkTime(at('fromMs'), fromMs);
      if (untilMs !== undefined) checkTime(at('untilMs'), untilMs);
      if (fromMs !== undefined && untilMs !== undefined && untilMs <= fromMs)
        say(at('untilMs'), `must be after fromMs (${fromMs}), got ${untilMs}`);
    }
    if ('min' in expectation && 'max' in expectation && expectation.min !== undefined && expectation.max !== undefined) {
      if (expectation.max < expectation.min) say(at('max'), `must be at least min (${expectation.min}), got ${expectation.max}`);
    }
    if (
      (expectation.what === 'retried' || expectation.what === 'moved') &&
      expectation.min === undefined &&
      expectation.max === undefined
    ) {
      say(at(), 'must say min, max or both');
    }
  });
  return issues;
}

/** Lays `over` on `base` and has the whole looked at as a configuration is. @returns both together. */
function checkPool(
  scenario: Scenario,
  base: Record<string, unknown>,
  over: Record<string, unknown>,
  path: PropertyKey[],
  issues: ConfigIssue[],
): Record<string, unknown> {
  for (const key of Object.keys(over)) {
    const reason = labsOwn[key];
    if (reason !== undefined) issues.push({ path: formatPath([...path, key]), message: reason });
  }
  const allowed = Object.fromEntries(Object.entries(over).filter(([key]) => !Object.hasOwn(labsOwn, key)));
  const merged = mergeOptions(base, allowed);
  const nodes = demoNodes.slice(0, scenario.nodes).map((node, i) => ({ ...node, port: 9001 + i }));
  const problems = demoConfig({ ...anywhere, nodes, pool: merged }).issues ?? [];
  // What was wrong before this step was said there.
  const known = base === over ? [] : (demoConfig({ ...anywhere, nodes, pool: base }).issues ?? []);
  for (const problem of problems) {
    if (known.some((one) => one.path === problem.path && one.message === problem.message)) continue;
    issues.push({ path: problem.path.replace(/^pools\[0\]/, formatPath(path)), message: problem.message });
  }
  return merged;
}
