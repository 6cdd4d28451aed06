import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../store/make-folder.ts';
import { launchdPlist } from './launchd-plist.ts';
import type { Machine } from './machine.ts';
import { launchdLabel, type ServicePlan } from './service-plan.ts';
import type { ServiceManager } from './service-manager.ts';
import { writeServiceFile } from './write-file.ts';

/** Services by macOS's launchd. */
export function createLaunchd(machine: Machine, scope: 'system' | 'user'): ServiceManager {
  const { home, root, uid, exists, out, err } = machine;
  const library = scope === 'system' ? `${root}/Library` : join(home, 'Library');
  const path = join(library, scope === 'system' ? 'LaunchDaemons' : 'LaunchAgents', `${launchdLabel}.plist`);
  const state = join(library, 'Application Support', 'Evenkeel service');
  const domain = scope === 'system' ? 'system' : `gui/${uid}`;

  const launchctl = (...args: string[]) => machine.run('launchctl', args);

  return {
    missing: () => undefined,
    file: (plan: ServicePlan) => ({ path, text: launchdPlist(plan, state) }),
    async install(plan) {
      if (plan.lowPorts)
        out('macOS gives ports below 1024 to every program that listens on all addresses: --low-ports changes nothing here.\n');
      makeFolder(state);
      const did = await writeServiceFile(path, launchdPlist(plan, state));
      out(`${path}: ${did === 'same' ? 'as it is already' : did}\n`);
      // It fails where nothing was loaded, which is as well.
      if (did !== 'same') await launchctl('bootout', `${domain}/${launchdLabel}`);
      const loaded = did === 'same' && (await launchctl('print', `${domain}/${launchdLabel}`)).code === 0;
      const { code, output } = loaded ? { code: 0, output: '' } : await launchctl('bootstrap', domain, path);
      if (code !== 0) {
        err(`"launchctl bootstrap ${domain} ${path}" failed: ${output}`);
        return 1;
      }
      out(`It runs, and starts with ${scope === 'system' ? 'the machine' : 'your session'}. Its token and its log are in ${state}.\n`);
      return 0;
    },
    async remove({ purge }) {
      if (!exists(path)) {
        out('No service is installed.\n');
        return 0;
      }
      await launchctl('bootout', `${domain}/${launchdLabel}`);
      await rm(path, { force: true });
      if (purge) await rm(state, { recursive: true, force: true });
      out(`The service is removed.${purge ? '' : ` Its history, token and cookie key are left in ${state}.`}\n`);
      return 0;
    },
    async status() {
      if (!exists(path)) {
        out('No service is installed.\n');
        return 1;
      }
      const { code, output } = await launchctl('print', `${domain}/${launchdLabel}`);
      const running = code === 0 && /^\s*state = running$/m.test(output);
      const pid = /^\s*pid = (\d+)$/m.exec(output)?.[1];
      out(`installed  ${path}\nstate      ${code !== 0 ? 'not loaded' : running ? 'running' : 'not running'}\n`);
      if (pid !== undefined) out(`process    ${pid}\n`);
      return running ? 0 : 1;
    },
  };
}
