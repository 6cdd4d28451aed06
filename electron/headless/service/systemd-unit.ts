import { dirname } from 'node:path';
import { serviceName, type ServicePlan } from './service-plan.ts';
import { execArgument, execProgram, unitPath } from './systemd-text.ts';

/** Beyond the drain: what is left is cut, the history closed. */
const graceS = 15;

/** Folders ProtectHome= hides. */
const isHome = (path: string): boolean => /^\/(home|root|run\/user)(\/|$)/.test(path);

const heading = (title: string, lines: readonly string[]): string => [`[${title}]`, ...lines, ''].join('\n');

/** What seccomp and flags alone can do: also for a user's own manager, which may not make mount namespaces everywhere. */
const everywhere = [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictNamespaces=yes',
  // Netlink: how Node lists the machine's addresses.
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
  '# V8 compiles JavaScript to memory it then runs, so this must stay off.',
  'MemoryDenyWriteExecute=no',
  'UMask=0077',
];

function systemOnly({ node, program, config, lowPorts, runAs, history, authority }: ServicePlan): string[] {
  const folder = dirname(config);
  // A user of systemd's making owns nothing there; changes made in the window are then refused with the reason.
  const written = runAs === undefined ? [] : [...new Set([folder, history ?? [], authority ?? []].flat())];
  const paths = (name: string, of: string[]): string[] => (of.length === 0 ? [] : [`${name}=${of.map(unitPath).join(' ')}`]);
  const atHome = [...new Set([dirname(dirname(node)), dirname(dirname(program)), folder].filter(isHome))];
  return [
    ...(runAs === undefined ? ['DynamicUser=yes'] : [`User=${runAs}`]),
    `StateDirectory=${serviceName}`,
    'StateDirectoryMode=0700',
    ...(lowPorts
      ? ['CapabilityBoundingSet=CAP_NET_BIND_SERVICE', 'AmbientCapabilities=CAP_NET_BIND_SERVICE']
      : ['CapabilityBoundingSet=', 'AmbientCapabilities=']),
    'ProtectSystem=strict',
    // What lies in a home is shown alone, and nothing else of any home.
    ...(atHome.length === 0 ? ['ProtectHome=yes'] : ['ProtectHome=tmpfs', `BindReadOnlyPaths=${atHome.map(unitPath).join(' ')}`]),
    ...paths('BindPaths', written.filter(isHome)),
    ...paths(
      'ReadWritePaths',
      written.filter((path) => !isHome(path)),
    ),
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    ...(lowPorts ? [] : ['PrivateUsers=yes']),
    'ProtectClock=yes',
    'ProtectControlGroups=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'ProtectProc=invisible',
    'ProcSubset=pid',
    'RemoveIPC=yes',
    'DeviceAllow=',
  ];
}

/** The unit file of a service, for systemd 245 or newer: what an older one does not know it leaves out, with a word in its log. */
export function systemdUnit(plan: ServicePlan): string {
  const { scope, node, program, config, drainMs } = plan;
  const state = scope === 'system' ? `/var/lib/${serviceName}` : `%S/${serviceName}`;
  const command = [
    execProgram(node),
    ...[program, 'serve', '--config', config].map(execArgument),
    // Specifiers and all: this part is ours.
    ...['--token-file', `${state}/token`],
    ...['--history', plan.history === undefined ? `${state}/history` : execArgument(plan.history)],
    // Without a home there is no folder of its user's own; a user's service has the authority its user has.
    ...(plan.authority !== undefined
      ? ['--authority', execArgument(plan.authority)]
      : scope === 'system'
        ? ['--authority', `${state}/authority`]
        : []),
  ];
  return [
    `# Written by "evenkeel service install"; "evenkeel service remove" takes it away. Changes go into a drop-in:`,
    `# systemctl ${scope === 'user' ? '--user ' : ''}edit ${serviceName}`,
    heading('Unit', [
      'Description=Evenkeel load balancer',
      ...(scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target'] : []),
      // Five failures within a minute are no accident any more.
      'StartLimitIntervalSec=60',
      'StartLimitBurst=5',
    ]),
    heading('Service', [
      'Type=exec',
      `ExecStart=${command.join(' ')}`,
      'ExecReload=/bin/kill -HUP $MAINPID',
      'Restart=on-failure',
      'RestartSec=1',
      '# 1 and 2: the configuration or the command line is wrong, and stays so. 3: a port is taken, which may pass.',
      'RestartPreventExitStatus=1 2',
      'KillSignal=SIGTERM',
      '# One signal to the one process; a second would end it before its connections have drained.',
      'KillMode=mixed',
      `TimeoutStopSec=${Math.ceil(drainMs / 1000) + graceS}`,
      'LimitNOFILE=65536',
      'Environment=NODE_ENV=production',
      '# The ready line on stdout names the token; the log is on stderr.',
      'StandardOutput=null',
      ...(scope === 'user' ? [`StateDirectory=${serviceName}`, 'StateDirectoryMode=0700'] : []),
      ...everywhere,
      ...(scope === 'system' ? systemOnly(plan) : []),
    ]),
    heading('Install', [`WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}`]),
  ].join('\n');
}
