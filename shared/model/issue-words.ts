import type { z } from 'zod';
import { showValue } from './config.ts';

const kinds: Record<string, string> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

const isNumber = (origin: string): boolean => origin === 'number' || origin === 'int' || origin === 'bigint';

/** The values a union tells its branches by. */
function tellingValues(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): unknown[] {
  const { discriminator, inst } = issue as { discriminator?: string; inst?: { _zod?: { propValues?: Record<string, Set<unknown>> } } };
  return discriminator === undefined ? [] : [...(inst?._zod?.propValues?.[discriminator] ?? [])];
}

const oneOf = (values: readonly unknown[]): string =>
  `must be ${values.length === 1 ? '' : 'one of '}${values.map((value) => (typeof value === 'string' ? value : showValue(value))).join(', ')}`;

/**
 * What is wrong with a value, for schemas that have no words of their own: a predicate that reads on after the field's path, as theirs do.
 * To be given to a schema's `safeParse` as `error`.
 */
export function issueWords(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  if (input === undefined && issue.code !== 'unrecognized_keys') return 'is required';
  const got = `, got ${showValue(input)}`;
  switch (issue.code) {
    case 'invalid_type':
      return Number.isNaN(input) || input === Infinity || input === -Infinity
        ? `must be a number that JSON can say${got}`
        : `must be ${kinds[issue.expected] ?? 'something else'}${got}`;
    case 'invalid_value':
      return `${oneOf(issue.values)}${got}`;
    case 'invalid_union': {
      const values = tellingValues(issue);
      return `${values.length > 0 ? oneOf(values) : 'has none of the forms it may have'}${got}`;
    }
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      if (isNumber(issue.origin))
        return `must be ${issue.inclusive === false ? bound.replace(/at (least|most)/, (_, word) => (word === 'least' ? 'more than' : 'less than')) : bound}${got}`;
      return issue.origin === 'string' ? `must have ${bound} characters${got}` : `must have ${bound} entries`;
    }
    case 'invalid_format':
      return `is not written as it has to be${got}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}${got}`;
    case 'unrecognized_keys':
      return 'has unknown keys';
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return `cannot be taken${got}`;
  }
}
