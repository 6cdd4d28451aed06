import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import { serviceName, type ServicePlan } from './service-plan.ts';
import type { ServiceManager } from './service-manager.ts';
import { systemdUnit } from './systemd-unit.ts';
import { writeServiceFile } from './write-file.ts';

const unit = `${serviceName}.service`;

/** Services by systemd. */
export function createSystemd(machine: Machine, scope: 'system' | 'user'): ServiceManager {
  const { env, home, root, exists, out, err } = machine;
  const xdg = env['XDG_CONFIG_HOME'];
  const folder =
    scope === 'system' ? `${root}/etc/systemd/system` : join(xdg?.startsWith('/') ? xdg : join(home, '.config'), 'systemd/user');
  const path = join(folder, unit);
  const flags = scope === 'user' ? ['--user'] : [];
  const hint = ['systemctl', ...flags].join(' ');

  const systemctl = (...args: string[]) => machine.run('systemctl', [...flags, ...args]);
  /** @returns whether it went well; said otherwise. */
  const must = async (...args: string[]): Promise<boolean> => {
    const { code, output } = await systemctl(...args);
    if (code !== 0) err(`"${hint} ${args.join(' ')}" failed${output === '' ? '' : `: ${output}`}`);
    return code === 0;
  };

  return {
    missing() {
      // What sd_booted(3) looks at.
      if (!exists(`${root}/run/systemd/system`))
        return 'systemd does not run this machine, so there is no service to look after. Have your own manager run "evenkeel serve --config FILE" (docs/service.md), or --print the unit.';
      if (scope === 'user' && !exists(join(env['XDG_RUNTIME_DIR'] ?? '/nowhere', 'systemd')))
        return 'You have no systemd of your own here (no XDG_RUNTIME_DIR/systemd): log in rather than su, or use --system.';
      return undefined;
    },
    file: (plan: ServicePlan) => ({ path, text: systemdUnit(plan) }),
    async install(plan) {
      const did = await writeServiceFile(path, systemdUnit(plan));
      out(`${path}: ${did === 'same' ? 'as it is already' : did}\n`);
      if (!(await must('daemon-reload')) || !(await must('enable', unit))) return 1;
      // Restart starts it as well; where nothing changed, what runs is left alone.
      if (!(await must(did === 'same' ? 'start' : 'restart', unit))) {
        err(`See why: journalctl ${[...flags, '-u', serviceName, '-n', '20'].join(' ')}`);
        return 1;
      }
      out(
        `It runs, and starts with ${scope === 'system' ? 'the machine' : 'your session'}. Its token is in its state folder, its log in the journal: journalctl ${[...flags, '-u', serviceName].join(' ')}\n`,
      );
      if (scope === 'user') out('To have it run while you are not logged in: loginctl enable-linger\n');
      return 0;
    },
    async remove({ purge }) {
      if (!exists(path)) {
        out('No service is installed.\n');
        return 0;
      }
      if (!(await must('disable', '--now', unit))) return 1;
      if (purge && !(await must('clean', '--what=state', unit))) return 1;
      await rm(path, { force: true });
      await rm(`${path}.d`, { recursive: true, force: true });
      if (!(await must('daemon-reload'))) return 1;
      // Of a service that had failed something is remembered else; there is mostly nothing to forget.
      await systemctl('reset-failed', unit);
      out(
        `The service is removed.${purge ? '' : ' Its history, token and cookie key are left in its state folder; they are used when it is installed again.'}\n`,
      );
      return 0;
    },
    async status() {
      if (!exists(path)) {
        out('No service is installed.\n');
        return 1;
      }
      const wanted = [
        'LoadState',
        'UnitFileState',
        'ActiveState',
        'SubState',
        'MainPID',
        'ExecMainStartTimestamp',
        'ExecMainStatus',
        'NRestarts',
      ];
      const { code, output } = await systemctl('show', unit, `--property=${wanted.join(',')}`);
      if (code !== 0) {
        err(`"${hint} show ${unit}" failed${output === '' ? '' : `: ${output}`}`);
        return 1;
      }
      const facts = new Map(output.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
      const active = facts.get('ActiveState') === 'active';
      out(`installed  ${path} (${facts.get('UnitFileState') || '—'})\n`);
      out(`state      ${facts.get('ActiveState') || '—'} (${facts.get('SubState') || '—'})\n`);
      if (active)
        out(
          `process    ${facts.get('MainPID') || '—'}, since ${facts.get('ExecMainStartTimestamp') || '—'}, restarted ${facts.get('NRestarts') || '—'} times\n`,
        );
      else out(`ended with ${facts.get('ExecMainStatus') || '—'}; see journalctl ${[...flags, '-u', serviceName].join(' ')}\n`);
      return active ? 0 : 1;
    },
  };
}
