import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { readJsonFile } from '../../../electron/store/json-file.ts';
import { JsonError, parseJson } from '../../../shared/model/json-text.ts';
import { StoreError } from '../../../electron/store/store.ts';
import { show } from '../../support/strict-http.ts';
import { wholeConfig } from './config.ts';
import { perhapsMutated, type Case } from './run.ts';

const seeds = [
  JSON.stringify(wholeConfig(), null, 2).slice(0, 900),
  JSON.stringify(wholeConfig()['certificates']),
  '{"a":[1,-0.5e+3,true,false,null,"\\u00e9\\n\\"\\\\\\/",{}],"b":{"c":[[]]}}',
  '[ "x" , 1E5 , -0 ]\n',
  '{"__proto__":1,"constructor":{"a":2}}',
  `${'['.repeat(60)}1${']'.repeat(60)}`,
];
const spice = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  '0',
  '-',
  '.',
  'e',
  '+',
  'true',
  'null',
  ' ',
  '\n',
  '\t',
  '\0',
  '//',
  '/*',
  '\u2028',
  '\ufeff',
  '"a":1,',
  'NaN',
];

function native(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Our reader takes what `JSON.parse` takes, but for keys given twice and endless nesting, and says where it is wrong. */
export function checkJsonText({ pick }: Case): string | undefined {
  const text = perhapsMutated(seeds[pick(seeds.length)]!, seeds, spice, pick);
  const tell = (what: string): string => `${what}\n    of: ${JSON.stringify(text)}`;
  const meant = native(text);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) return tell(`threw ${String(error)}`);
    if (meant && !/given twice|nested deeper/.test(error.message)) return tell(`refused what is JSON: ${error.message}`);
    const lines = text.split('\n');
    const line = lines[error.line - 1];
    if (line === undefined || error.column < 1 || error.column > line.length + 1)
      return tell(`names line ${error.line}, column ${error.column}, which is not there`);
    return undefined;
  }
  if (!meant) return tell('took what is not JSON');
  return isDeepStrictEqual(value, meant.value) ? undefined : tell('another value');
}

/** A file of any bytes is a value or a StoreError with words. */
export async function checkJsonFile({ pick }: Case, file: string): Promise<string | undefined> {
  const bytes = Buffer.from(perhapsMutated(seeds[pick(seeds.length)]!, seeds, spice, pick), pick(2) === 0 ? 'latin1' : 'utf8');
  writeFileSync(file, bytes);
  try {
    await readJsonFile(file);
    return undefined;
  } catch (error) {
    return error instanceof StoreError && error.message !== '' ? undefined : `threw ${String(error)}\n    of: ${show(bytes, 500)}`;
  }
}
