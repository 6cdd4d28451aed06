import type { Scenario } from '../../../shared/model/scenario.ts';
import brownOut from '../../../resources/scenarios/brown-out.json' with { type: 'json' };
import everythingDown from '../../../resources/scenarios/everything-down.json' with { type: 'json' };
import flappingNode from '../../../resources/scenarios/flapping-node.json' with { type: 'json' };
import hang from '../../../resources/scenarios/hang.json' with { type: 'json' };
import nodeCrash from '../../../resources/scenarios/node-crash.json' with { type: 'json' };
import rollingRestart from '../../../resources/scenarios/rolling-restart.json' with { type: 'json' };
import { parseScenario } from './parse-scenario.ts';

function parsed(raw: unknown): Scenario {
  const { scenario, issues } = parseScenario(raw);
  if (!scenario) throw new Error(`A shipped scenario is not valid: ${issues.map((i) => `${i.path} ${i.message}`).join('; ')}`);
  return scenario;
}

/** The scenarios that come with Evenkeel, in the order in which they are best met. */
export const shippedScenarios: readonly Scenario[] = [nodeCrash, rollingRestart, hang, flappingNode, brownOut, everythingDown].map(parsed);
