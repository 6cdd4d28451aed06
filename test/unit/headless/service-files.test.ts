import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launchdPlist } from '../../../electron/headless/service/launchd-plist.ts';
import type { ServicePlan } from '../../../electron/headless/service/service-plan.ts';
import { execArgument, execProgram, unitPath } from '../../../electron/headless/service/systemd-text.ts';
import { systemdUnit } from '../../../electron/headless/service/systemd-unit.ts';

const plan: ServicePlan = {
  scope: 'system',
  node: '/usr/bin/node',
  program: '/opt/evenkeel/cli.js',
  config: '/etc/evenkeel/web.json',
  lowPorts: false,
  runAs: undefined,
  history: undefined,
  authority: undefined,
  drainMs: 30_000,
};
const lines = (unit: string) => unit.split('\n');
const odd = fc.string({
  unit: fc.oneof(
    fc.constantFrom(' ', '%', '"', "'", '\\', '$', '{', '}', ';', '#', '&', '<', '>', 'ü', '😀', '-', '@'),
    fc.constantFrom('a', 'n', 't', 'x'),
  ),
  minLength: 1,
  maxLength: 12,
});

/** What systemd.service(5) makes of ExecStart='s words: quotes, C escapes, then specifiers and variables. */
function systemdReads(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (char === '\\') word = (word ?? '') + line[++i]!;
    else if (char === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (char === ' ' && !quoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quoted) throw new Error(`an open quote in ${line}`);
  if (word !== undefined) words.push(word);
  return words.map((text) => {
    if (/%(?!%)/.test(text.replaceAll('%%', ''))) throw new Error(`a specifier in ${text}`);
    if (text.replaceAll('$$', '').includes('$')) throw new Error(`a variable in ${text}`);
    return text.replaceAll('%%', '%').replaceAll('$$', '$');
  });
}

describe('the systemd unit', () => {
  it('carries any path to the program as it is', () => {
    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 4 }), (words) => {
        expect(systemdReads(words.map(execArgument).join(' '))).toEqual(words);
      }),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(odd, (name) => {
        const unit = systemdUnit({ ...plan, config: `/etc/${name}/web.json` });
        const command = /^ExecStart=(.*)$/m.exec(unit)![1]!;
        const words = systemdReads(command);
        expect(words[words.indexOf('--config') + 1]).toBe(`/etc/${name}/web.json`);
      }),
    );
    for (const bad of ['/a\nExecStartPre=/bin/evil', '/a\u0000', '/\u007f']) {
      expect(() => execArgument(bad)).toThrow('control characters');
      expect(() => unitPath(bad)).toThrow('control characters');
    }
  });

  it('gives ports below 1024 only when asked', () => {
    expect(lines(systemdUnit(plan))).toEqual(
      expect.arrayContaining(['CapabilityBoundingSet=', 'AmbientCapabilities=', 'PrivateUsers=yes']),
    );
    const low = lines(systemdUnit({ ...plan, lowPorts: true }));
    expect(low).toEqual(expect.arrayContaining(['CapabilityBoundingSet=CAP_NET_BIND_SERVICE', 'AmbientCapabilities=CAP_NET_BIND_SERVICE']));
    // A capability in a user namespace of its own would bind nothing.
    expect(low).not.toContain('PrivateUsers=yes');
  });

  it('is hardened, restarts after a failure, reloads by SIGHUP, and outlasts the drain', () => {
    const hardening = [
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'PrivateTmp=yes',
      'DynamicUser=yes',
      'SystemCallFilter=@system-service',
    ];
    const life = [
      'Restart=on-failure',
      'ExecReload=/bin/kill -HUP $MAINPID',
      'TimeoutStopSec=45',
      'KillSignal=SIGTERM',
      'StandardOutput=null',
    ];
    expect(lines(systemdUnit(plan))).toEqual(expect.arrayContaining([...hardening, ...life]));
    expect(lines(systemdUnit({ ...plan, drainMs: 3_600_000 }))).toContain('TimeoutStopSec=3615');
  });

  it('shows of a home only what it needs, and writes where a named user may', () => {
    const unit = lines(
      systemdUnit({
        ...plan,
        node: '/home/ann/n 24/bin/node',
        program: '/home/ann/ek/out/main/cli.js',
        config: '/home/ann/c/web.json',
        runAs: 'ann',
      }),
    );
    expect(unit).toEqual(
      expect.arrayContaining([
        'User=ann',
        'ProtectHome=tmpfs',
        'BindReadOnlyPaths="/home/ann/n 24" /home/ann/ek/out /home/ann/c',
        'BindPaths=/home/ann/c',
      ]),
    );
    expect(unit).not.toContain('DynamicUser=yes');
    expect(lines(systemdUnit({ ...plan, runAs: 'ann' }))).toContain('ReadWritePaths=/etc/evenkeel');
  });

  it('may write every folder it keeps things in', () => {
    // Its own: all of them in the state folder, which systemd makes and lets it write.
    const command = (unit: string) => systemdReads(/^ExecStart=(.*)$/m.exec(unit)![1]!.replaceAll('%S', '/S'));
    const folders = (unit: string) => {
      const words = command(unit);
      return ['--token-file', '--history', '--authority'].map((flag) =>
        words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined,
      );
    };
    const state = '/var/lib/evenkeel';
    expect(folders(systemdUnit(plan))).toEqual([`${state}/token`, `${state}/history`, `${state}/authority`]);
    expect(lines(systemdUnit(plan))).toContain('StateDirectory=evenkeel');
    // A user's service: what its user has, where nothing is closed to it.
    const user = systemdUnit({ ...plan, scope: 'user' });
    expect(folders(user)).toEqual(['/S/evenkeel/token', '/S/evenkeel/history', undefined]);
    expect(user).not.toMatch(/ProtectSystem|ProtectHome/);
    // Named ones, in a home and elsewhere.
    const named = { ...plan, runAs: 'ann', history: '/srv/past days', authority: '/home/ann/.config/evenkeel/authority' };
    expect(folders(systemdUnit(named)).slice(1)).toEqual([named.history, named.authority]);
    expect(lines(systemdUnit(named))).toEqual(
      expect.arrayContaining([`BindPaths=${named.authority}`, `ReadWritePaths=/etc/evenkeel "${named.history}"`]),
    );
    expect(folders(systemdUnit({ ...named, scope: 'user' })).slice(1)).toEqual([named.history, named.authority]);
  });
});

const analyze = process.platform === 'linux' && spawnSync('systemd-analyze', ['--version']).status === 0;

describe.skipIf(!analyze)('systemd itself', () => {
  const inFolder = (work: (folder: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), 'evenkeel-unit-'));
    try {
      work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const verify = (unit: string) => {
    const { status, stderr, stdout } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}`.trim() };
  };

  it('finds nothing to say about any variant', () => {
    inFolder((folder) => {
      const program = { node: process.execPath, program: '/bin/sh' };
      const variants: Partial<ServicePlan>[] = [
        {},
        { lowPorts: true },
        { runAs: 'root' },
        { scope: 'user' },
        { runAs: 'root', history: '/srv/past days', authority: '/home/op/authority' },
      ];
      for (const variant of variants) {
        writeFileSync(join(folder, 'evenkeel.service'), systemdUnit({ ...plan, ...program, ...variant }));
        expect(verify(join(folder, 'evenkeel.service'))).toEqual({ status: 0, said: '' });
      }
      writeFileSync(
        join(folder, 'evenkeel.service'),
        systemdUnit({ ...plan, ...program }).replace('ProtectSystem=strict', 'ProtectSystem=strct'),
      );
      expect(verify(join(folder, 'evenkeel.service')).said).toContain('strct');
    });
  });

  it('finds programs whatever they are called', () => {
    inFolder((folder) => {
      const names = fc.sample(
        odd.filter((name) => !/["'\\]| $/.test(name)),
        { numRuns: 60, seed: 7 },
      );
      const programs = [...new Set(names)].map((name) => join(folder, `p ${name}`));
      for (const program of programs) {
        writeFileSync(program, '#!/bin/sh\n');
        chmodSync(program, 0o755);
      }
      const unit = (all: string[]) =>
        `[Service]\nType=oneshot\n${all.map((path) => `ExecStart=${execProgram(path)} ${execArgument(path)}`).join('\n')}\n`;
      writeFileSync(join(folder, 'odd.service'), unit(programs));
      expect(verify(join(folder, 'odd.service'))).toEqual({ status: 0, said: '' });
      expect(() => execProgram('/a"b')).toThrow('quotes or backslashes');
      writeFileSync(join(folder, 'odd.service'), unit([join(folder, 'not there')]));
      expect(verify(join(folder, 'odd.service')).said).toContain('not executable');
    });
  });

  it('calls a system service little exposed', () => {
    inFolder((folder) => {
      const exposure = (variant: Partial<ServicePlan>) => {
        mkdirSync(folder, { recursive: true });
        const file = join(folder, 'evenkeel.service');
        writeFileSync(file, systemdUnit({ ...plan, ...variant }));
        const output = execFileSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', file], { encoding: 'utf8' });
        return Number(/exposure level for evenkeel\.service: ([\d.]+)/.exec(output)![1]);
      };
      expect(exposure({})).toBeLessThanOrEqual(2);
      expect(exposure({ lowPorts: true })).toBeLessThanOrEqual(2.5);
    });
  });
});

it('the property list carries any path as it is', () => {
  const decode = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  fc.assert(
    fc.property(odd, (name) => {
      const plist = launchdPlist({ ...plan, config: `/etc/${name}.json` }, '/Library/E');
      const args = [...plist.slice(0, plist.indexOf('</array>')).matchAll(/^ {4}<string>([^<>]*)<\/string>$/gm)].map(([, text]) =>
        decode(text!),
      );
      expect(args).toEqual([
        plan.node,
        plan.program,
        'serve',
        '--config',
        `/etc/${name}.json`,
        '--token-file',
        '/Library/E/token',
        '--history',
        '/Library/E/history',
        '--authority',
        '/Library/E/authority',
      ]);
    }),
  );
  expect(() => launchdPlist({ ...plan, config: '/a\u0001' }, '/s')).toThrow('control characters');
});
