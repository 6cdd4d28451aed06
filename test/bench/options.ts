import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Contestant } from './contestant.ts';
import { evenkeel } from './contestants/evenkeel.ts';
import { haproxy } from './contestants/haproxy.ts';
import { httpProxy } from './contestants/http-proxy.ts';
import { nginx } from './contestants/nginx.ts';
import { wholeOption } from './number-option.ts';
import { rows, type PickRow, type Row } from './rows.ts';

export const help = `What Evenkeel costs beside HAProxy (one thread), nginx (one worker) and http-proxy, in interleaved rounds.

  --rows LIST      of ${rows.map((row) => row.name).join(', ')}; or all. Default http
  --rounds N       1–100, default 5
  --seconds N      of load a turn, whole, 1–60, default 3
  --quick          three rounds of one second
  --build N=FILE   another build's cli.js as a contestant called N, to compare two; may be repeated
  --only LIST      of the contestants' names
  --no-pin         do not keep the proxy on one core and load and nodes off it
  --json FILE      write every sample and the summary there
  --markdown FILE  write the tables there; between <!-- figures --> and <!-- /figures --> where the file has these lines
`;

export interface Options {
  rows: (Row | PickRow)[];
  rounds: number;
  seconds: number;
  contestants: Contestant[];
  pin: boolean;
  json: string | undefined;
  markdown: string | undefined;
}

function pick<T extends { name: string }>(list: string, from: readonly T[], what: string): T[] {
  return list.split(',').map((name) => {
    const found = from.find((item) => item.name.toLowerCase() === name.toLowerCase());
    if (!found) throw new RangeError(`There is no ${what} "${name}". There are ${from.map((item) => item.name).join(', ')}.`);
    return found;
  });
}

/** @returns undefined when only help was asked for. @throws RangeError or TypeError for a wrong option. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: 'http' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      build: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      'no-pin': { type: 'boolean', default: false },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const builds = values.build.map((text) => {
    const equals = text.indexOf('=');
    if (equals < 1) throw new RangeError(`--build must be NAME=FILE, got "${text}".`);
    return evenkeel(text.slice(0, equals), path.resolve(text.slice(equals + 1)));
  });
  const contestants = [evenkeel(), ...builds, haproxy, nginx, httpProxy];
  return {
    rows: values.rows === 'all' ? [...rows] : pick(values.rows, rows, 'row'),
    rounds: wholeOption(values.rounds ?? (values.quick ? '3' : '5'), 'rounds', 1, 100),
    seconds: wholeOption(values.seconds ?? (values.quick ? '1' : '3'), 'seconds', 1, 60),
    contestants: values.only === undefined ? contestants : pick(values.only, contestants, 'contestant'),
    pin: !values['no-pin'],
    json: values.json,
    markdown: values.markdown,
  };
}
