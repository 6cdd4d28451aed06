import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCommand, type ServiceCommand } from '../../../electron/headless/arguments.ts';
import type { Machine } from '../../../electron/headless/service/machine.ts';
import { service } from '../../../electron/headless/service/service.ts';

let root: string;
let config: string;
let out: string;
let err: string[];
let ran: string[];
/** What systemctl or launchctl answer, by the beginning of what they are asked. */
let answers: Record<string, { code: number; output: string }>;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'evenkeel-service-'));
  config = join(root, 'web.json');
  out = '';
  err = [];
  ran = [];
  answers = {};
  write(8080);
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  mkdirSync(join(root, 'runtime/systemd'), { recursive: true });
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(port: number): void {
  writeFileSync(
    config,
    JSON.stringify({
      version: 1,
      listeners: [{ id: 'web', port, protocol: 'http', pool: 'web' }],
      pools: [{ id: 'web', nodes: [{ id: 'a', address: '127.0.0.1:9001' }] }],
    }),
  );
}

const machine = (changes: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  uid: 0,
  env: { XDG_RUNTIME_DIR: join(root, 'runtime') },
  home: join(root, 'home'),
  root,
  node: '/usr/bin/node',
  program: '/opt/evenkeel/cli.js',
  exists: existsSync,
  run: (command, args) => {
    const line = [command, ...args].join(' ');
    ran.push(line);
    const known = Object.keys(answers).find((start) => line.startsWith(start));
    return Promise.resolve(known === undefined ? { code: 0, output: '' } : answers[known]!);
  },
  out: (text) => (out += text),
  err: (line) => err.push(line),
  ...changes,
});
const run = (words: string[], changes?: Partial<Machine>) =>
  service(parseCommand(['service', ...words]) as ServiceCommand, machine(changes));
const unit = () => join(root, 'etc/systemd/system/evenkeel.service');

describe('with systemd', () => {
  it('keeps things only where they can be kept, and says so before anything is installed', async () => {
    const folder = join(root, 'past');
    const words = ['install', '--config', config, '--history', folder];
    expect(await run(words)).toBe(1);
    expect(err.join()).toContain('name who may write there with --run-as USER. Nothing was installed.');
    err = [];
    expect(await run([...words, '--run-as', 'ann'])).toBe(1);
    expect(err).toContain(
      `--history ${folder}: There is no such folder. Make it, and give it to the user the service runs as. Nothing was installed.`,
    );
    writeFileSync(folder, '');
    expect(await run([...words, '--run-as', 'ann'])).toBe(1);
    expect(err.at(-1)).toContain('It is no folder.');
    rmSync(folder);
    expect(existsSync(unit())).toBe(false);
    mkdirSync(folder);
    expect(await run([...words, '--run-as', 'ann'])).toBe(0);
    const text = readFileSync(unit(), 'utf8');
    expect(text).toContain(`--history ${folder}`);
    expect(text).toMatch(new RegExp(`^ReadWritePaths=.*${folder}$`, 'm'));
  });

  it('installs, once; a change restarts it; remove leaves nothing', async () => {
    expect(await run(['install', '--config', config])).toBe(0);
    expect(ran).toEqual(['systemctl daemon-reload', 'systemctl enable evenkeel.service', 'systemctl restart evenkeel.service']);
    expect(statSync(unit()).mode & 0o777).toBe(0o644);
    const text = readFileSync(unit(), 'utf8');
    ran = [];
    expect(await run(['install', '--config', config])).toBe(0);
    expect(ran.at(-1)).toBe('systemctl start evenkeel.service');
    expect(readFileSync(unit(), 'utf8')).toBe(text);
    expect(await run(['install', '--config', config, '--low-ports'])).toBe(0);
    expect(ran.at(-1)).toBe('systemctl restart evenkeel.service');
    mkdirSync(`${unit()}.d`);
    ran = [];
    expect(await run(['remove', '--purge'])).toBe(0);
    expect(ran).toEqual([
      'systemctl disable --now evenkeel.service',
      'systemctl clean --what=state evenkeel.service',
      'systemctl daemon-reload',
      'systemctl reset-failed evenkeel.service',
    ]);
    expect([existsSync(unit()), existsSync(`${unit()}.d`)]).toEqual([false, false]);
    ran = [];
    expect(await run(['remove'])).toBe(0);
    expect([ran, out.endsWith('No service is installed.\n')]).toEqual([[], true]);
  });

  it('says what is installed and how it is', async () => {
    expect(await run(['status'])).toBe(1);
    await run(['install', '--config', config]);
    answers['systemctl show'] = {
      code: 0,
      output:
        'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=42\nExecMainStartTimestamp=Sun 12:00\nNRestarts=0',
    };
    out = '';
    expect(await run(['status'])).toBe(0);
    expect(out).toBe(`installed  ${unit()} (enabled)\nstate      active (running)\nprocess    42, since Sun 12:00, restarted 0 times\n`);
    answers['systemctl show'] = { code: 0, output: 'ActiveState=failed\nSubState=failed\nExecMainStatus=3' };
    out = '';
    expect(await run(['status'])).toBe(1);
    expect(out).toContain('state      failed (failed)\nended with 3; see journalctl -u evenkeel\n');
  });

  it('a user’s own is in his folder and asks his manager', async () => {
    expect(await run(['install', '--config', config], { uid: 1000 })).toBe(0);
    expect(readFileSync(join(root, 'home/.config/systemd/user/evenkeel.service'), 'utf8')).toContain('WantedBy=default.target');
    expect(ran[0]).toBe('systemctl --user daemon-reload');
    expect(out).toContain('loginctl enable-linger');
  });

  it('shows without writing, also where there is no systemd', async () => {
    rmSync(join(root, 'run'), { recursive: true });
    expect(await run(['install', '--config', config, '--print', '--system'], { uid: 1000 })).toBe(0);
    expect(out).toContain(`--config ${config} `);
    expect([ran, existsSync(unit())]).toEqual([[], false]);
  });

  it('says where a step failed, and why', async () => {
    answers['systemctl restart'] = { code: 1, output: 'Job failed.' };
    expect(await run(['install', '--config', config])).toBe(1);
    expect(err.slice(-2)).toEqual(['"systemctl restart evenkeel.service" failed: Job failed.', 'See why: journalctl -u evenkeel -n 20']);
  });
});

describe('refuses', () => {
  it('where systemd is not, a user has none, or root is needed', async () => {
    expect(await run(['install', '--config', config, '--system'], { uid: 1000 })).toBe(1);
    expect(err.at(-1)).toContain('run this with sudo');
    expect(await run(['install', '--config', config], { uid: 1000, env: {} })).toBe(1);
    expect(err.at(-1)).toContain('log in rather than su');
    rmSync(join(root, 'run'), { recursive: true });
    for (const words of [['install', '--config', config], ['remove'], ['status']]) {
      expect(await run(words)).toBe(1);
      expect(err.at(-1)).toMatch(/^systemd does not run this machine/);
    }
    expect(await run(['status'], { platform: 'win32', uid: undefined })).toBe(1);
    expect(err.at(-1)).toContain('Task Scheduler');
    expect([ran, existsSync(unit())]).toEqual([[], false]);
  });

  it('a configuration that would not run', async () => {
    write(0);
    expect(await run(['install', '--config', config])).toBe(1);
    expect(err).toEqual([`${config}: listeners[0].port: must be 1–65535, got 0`, 'The configuration is invalid; nothing was installed.']);
    write(80);
    expect(await run(['install', '--config', config])).toBe(0);
    expect(err).toContainEqual('Listener "web" (port 80) needs --low-ports, or it cannot be bound.');
    expect(await run(['install', '--config', config, '--user', '--low-ports'])).toBe(1);
    expect(err.at(-1)).toContain('ip_unprivileged_port_start');
  });

  it.each([
    [['service'], 'service needs install, remove or status'],
    [['service', 'start'], 'got "start"'],
    [['service', 'install'], 'service install needs --config FILE'],
    [['service', 'remove', '--print'], 'service remove has no --config'],
    [['service', 'status', '--purge'], 'service status has no --purge'],
    [['service', 'status', '--user', '--system'], 'exclude each other'],
    [['service', 'install', '--config', 'a', '--run-as', 'a\nb'], "--run-as must be a user's name"],
  ])('%j', (words, message) => {
    expect(() => parseCommand(words)).toThrow(message);
  });
});

it('with launchd: loads the list once, and again when it changes', async () => {
  const mac: Partial<Machine> = { platform: 'darwin', uid: 501 };
  answers['launchctl print'] = { code: 0, output: '\tstate = running\n\tpid = 77\n' };
  expect(await run(['install', '--config', config], mac)).toBe(0);
  expect(ran).toEqual([
    'launchctl bootout gui/501/evenkeel.headless',
    `launchctl bootstrap gui/501 ${join(root, 'home/Library/LaunchAgents/evenkeel.headless.plist')}`,
  ]);
  ran = [];
  expect(await run(['install', '--config', config], mac)).toBe(0);
  expect(ran).toEqual(['launchctl print gui/501/evenkeel.headless']);
  out = '';
  expect(await run(['status'], mac)).toBe(0);
  expect(out).toContain('state      running\nprocess    77\n');
  expect(await run(['remove', '--purge'], mac)).toBe(0);
  expect(existsSync(join(root, 'home/Library/LaunchAgents/evenkeel.headless.plist'))).toBe(false);
  expect(existsSync(join(root, 'home/Library/Application Support/Evenkeel service'))).toBe(false);
});
