import type { Handlers } from '../../../shared/contract/contract.ts';
import type { HandlerDeps } from './deps.ts';

type LabChannels = keyof Handlers & `lab.${string}`;

export function labHandlers({ lab }: HandlerDeps): Pick<Handlers, LabChannels> {
  return {
    'lab.get': () => lab.get(),
    'lab.start': (params) => lab.start(params),
    'lab.end': () => lab.end(),
    'lab.setClients': (params) => lab.setClients(params),
    'lab.kill': ({ node }) => lab.kill(node),
    'lab.revive': ({ node }) => lab.revive(node),
    'lab.setFault': ({ node, fault }) => lab.setFault(node, fault),
    'lab.injectFault': (params) => lab.injectFault(params),
    'lab.endFaults': () => lab.endFaults(),
    'lab.scenarios': () => ({ scenarios: lab.scenarios() }),
    'lab.checkScenario': ({ scenario }) => ({ issues: lab.checkScenario(scenario) }),
    'lab.runScenario': ({ scenario }) => lab.runScenario(scenario),
    'lab.stopScenario': () => lab.stopScenario(),
  };
}
