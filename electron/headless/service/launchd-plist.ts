import { join } from 'node:path';
import { launchdLabel, type ServicePlan } from './service-plan.ts';

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const string = (text: string): string => `<string>${xml(text)}</string>`;

/**
 * The property list of a service.
 * @param state The folder for its token and its log, and for its history and authority where they are not elsewhere.
 * @throws Error when a path holds what XML 1.0 cannot say.
 */
export function launchdPlist(plan: ServicePlan, state: string): string {
  const { scope, node, program, config, runAs, drainMs } = plan;
  const authority = plan.authority ?? (scope === 'system' ? join(state, 'authority') : undefined);
  const args = [
    ...[node, program, 'serve', '--config', config, '--token-file', join(state, 'token')],
    ...['--history', plan.history ?? join(state, 'history')],
    ...(authority === undefined ? [] : ['--authority', authority]),
  ];
  for (const arg of args) {
    if (/[\u0000-\u001f\u007f]/.test(arg))
      throw new Error(`${JSON.stringify(arg)} has control characters in it, which a property list cannot hold; rename it`);
  }
  const log = string(join(state, 'evenkeel.log'));
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>${string(launchdLabel)}
  <key>ProgramArguments</key>
  <array>
${args.map((arg) => `    ${string(arg)}`).join('\n')}
  </array>
${scope === 'system' && runAs !== undefined ? `  <key>UserName</key>${string(runAs)}\n` : ''}  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ExitTimeOut</key><integer>${Math.ceil(drainMs / 1000) + 15}</integer>
  <key>Umask</key><integer>63</integer>
  <key>SoftResourceLimits</key><dict><key>NumberOfFiles</key><integer>65536</integer></dict>
  <key>StandardOutPath</key><string>/dev/null</string>
  <key>StandardErrorPath</key>${log}
</dict>
</plist>
`;
}
