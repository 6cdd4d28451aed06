import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonError, parseJson } from '../../../shared/model/json-text.ts';

function mistake(text: string): string {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return `${error.line}:${error.column} ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('parseJson', () => {
  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('accepts and refuses exactly what JSON.parse does, but for keys given twice', () => {
    const tokens = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '"\\u00e9"',
      '"\\x"',
      '1',
      '-0',
      '01',
      '1.',
      '1e5',
      'true',
      'nul',
      ' ',
      '\n',
      '"',
    );
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => parseJson(text)).toThrow(JsonError);
          return;
        }
        if (!mistake(text).includes('twice')) expect(parseJson(text)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['', '1:1 the file is empty'],
    ['  \n ', '2:2 the file is empty'],
    ['{"a":1,}', '1:8 a comma before "}" must go'],
    ['[1,\n2,]', '2:3 a comma before "]" must go'],
    ['{"a":1 "b":2}', '1:8 expected "," or "}", got "\\""'.replace('\\"', '"')],
    ['{a:1}', '1:2 expected a key in double quotes, got "a"'],
    ["{'a':1}", '1:2 expected a key in double quotes, got "\'"'],
    ['{"a" 1}', '1:6 expected ":" after the key "a", got "1"'],
    ['{"a":}', '1:6 expected a value, got "}"'],
    ['{"a":1', '1:7 expected "," or "}", got the end of the file'],
    ['{"a":"x\n"}', '1:6 this text has no closing quote'],
    ['{"a":"\\q"}', '1:7 \\q is not an escape JSON knows; write \\\\ for a backslash'],
    ['{"a":"\\u12G4"}', '1:7 \\u must be followed by four hexadecimal digits'],
    ['{}x', '1:3 expected the end of the file, got "x"'],
    ['{\n  // why\n}', '2:3 JSON has no comments; take this one out'],
    ['{"pools":[{"id":"a",\n"id":"b"}]}', '2:1 pools[0].id is given twice'],
    ['['.repeat(500), '1:102 nested deeper than 100 levels'],
  ])('says where %j is wrong', (text, expected) => {
    expect(mistake(text)).toBe(expected);
  });

  it('makes "__proto__" a key like any other', () => {
    const value = parseJson('{"__proto__":{"polluted":true}}') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
