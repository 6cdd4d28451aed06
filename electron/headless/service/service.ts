import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseConfig } from '../../../shared/model/validate.ts';
import { createJsonFileStore } from '../../store/json-file.ts';
import { migrateConfig } from '../../store/migrations.ts';
import type { ServiceCommand } from '../arguments.ts';
import { issueLine, problems } from '../check.ts';
import { createLaunchd } from './launchd.ts';
import type { Machine } from './machine.ts';
import type { ServiceManager } from './service-manager.ts';
import type { ServicePlan } from './service-plan.ts';
import { createSystemd } from './systemd.ts';

/** Below this a port is the system's to give. */
const firstFreePort = 1024;

const onWindows =
  'Evenkeel does not make a Windows service. Use the desktop app with "Start at login" (Settings), or have the Task Scheduler run\n' +
  '"evenkeel serve --config FILE" at startup: schtasks /create /tn Evenkeel /sc onstart /ru SYSTEM /tr "evenkeel serve --config FILE"';

/** `evenkeel service`. @returns the exit code. */
export async function service(command: ServiceCommand, machine: Machine): Promise<number> {
  const scope = command.scope ?? (machine.uid === 0 ? 'system' : 'user');
  if (machine.platform === 'win32') {
    machine.err(onWindows);
    return 1;
  }
  const manager = machine.platform === 'darwin' ? createLaunchd(machine, scope) : createSystemd(machine, scope);
  if (command.verb === 'install') {
    const plan = await planOf(command, scope, machine);
    if (plan === undefined) return 1;
    let text: string;
    try {
      ({ text } = manager.file(plan));
    } catch (error) {
      machine.err(`The service cannot be described: ${error instanceof Error ? error.message : String(error)}.`);
      return 1;
    }
    if (command.print) {
      machine.out(text);
      return 0;
    }
    return permitted(manager, scope, machine) ? manager.install(plan) : 1;
  }
  if (command.verb === 'status') {
    const missing = manager.missing();
    if (missing === undefined) return manager.status();
    machine.err(missing);
    return 1;
  }
  return permitted(manager, scope, machine) ? manager.remove({ purge: command.purge }) : 1;
}

function permitted(manager: ServiceManager, scope: 'system' | 'user', { uid, err }: Machine): boolean {
  const missing = manager.missing();
  const why =
    missing ??
    (scope === 'system' && uid !== 0
      ? 'A system service is root’s to change: run this with sudo, or make a service of your own with --user.'
      : undefined);
  if (why !== undefined) err(why);
  return why === undefined;
}

/**
 * Why a service cannot keep anything in a folder. The unit names it, and systemd starts nothing for which a named folder is missing.
 * @param ownUser the service runs as a user that systemd makes for it.
 */
function whyNot(folder: string, ownUser: boolean): string | undefined {
  if (ownUser) return "The service's own user may write nothing but its state: name who may write there with --run-as USER.";
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found) return 'There is no such folder. Make it, and give it to the user the service runs as.';
  return found.isDirectory() ? undefined : 'It is no folder.';
}

/** @returns undefined, having said why, when the configuration or the flags will not do. */
async function planOf(command: ServiceCommand, scope: 'system' | 'user', machine: Machine): Promise<ServicePlan | undefined> {
  const { platform, err, node, program } = machine;
  const config = resolve(command.config ?? '');
  const found = await problems(config);
  for (const issue of found) err(issueLine(config, issue));
  if (found.length > 0) {
    err('The configuration is invalid; nothing was installed.');
    return undefined;
  }
  if (scope === 'user' && platform === 'linux' && command.lowPorts) {
    err(
      'A user’s service cannot be given ports below 1024. Use --system, or let every program have them:\n' +
        'sysctl net.ipv4.ip_unprivileged_port_start=80',
    );
    return undefined;
  }
  if (scope === 'user' && command.runAs !== undefined) {
    err('A user’s service runs as that user; --run-as is for --system.');
    return undefined;
  }
  const folders = { '--history': command.history, '--authority': command.authority };
  for (const [flag, folder] of Object.entries(folders)) {
    const why =
      folder === undefined ? undefined : whyNot(resolve(folder), scope === 'system' && platform === 'linux' && command.runAs === undefined);
    if (why === undefined) continue;
    err(`${flag} ${folder}: ${why} Nothing was installed.`);
    return undefined;
  }
  const { listeners } = parseConfig(migrateConfig(await createJsonFileStore(config).load())).config ?? { listeners: [] };
  const low = listeners.filter((listener) => listener.enabled && listener.port < firstFreePort);
  if (low.length > 0 && !command.lowPorts && platform === 'linux' && command.runAs !== 'root')
    err(
      `Listener ${low.map(({ id, port }) => `"${id}" (port ${port})`).join(', ')} needs --low-ports${scope === 'user' ? ' and --system' : ''}, or it cannot be bound.`,
    );
  if (scope === 'system' && command.runAs === undefined)
    err(
      `The service's user cannot write ${dirname(config)}: changes made in its window are refused. --run-as USER, who may, has them saved.`,
    );
  return {
    scope,
    node,
    program,
    config,
    lowPorts: command.lowPorts,
    runAs: command.runAs,
    history: command.history === undefined ? undefined : resolve(command.history),
    authority: command.authority === undefined ? undefined : resolve(command.authority),
    drainMs: Math.max(0, ...listeners.map((listener) => listener.timeouts.drainMs)),
  };
}
