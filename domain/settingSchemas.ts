import { z } from 'zod';

/**
 * Values of settings: each schema takes any JSON value, coerces what can only mean one thing, and says what is wrong in
 * the words that clients of the API know.
 */
const trueValues: readonly unknown[] = [true, 1, '1', 'true', 'True', 'TRUE', 't', 'yes', 'on'];
const falseValues: readonly unknown[] = [
  false,
  0,
  '0',
  'false',
  'False',
  'FALSE',
  'f',
  'no',
  'off',
];

type Nullable = Readonly<{ allowNull?: boolean }>;
type Bounds = Readonly<{ min?: number; max?: number }>;

const NOT_NULL = 'This field may not be null.';

/** Postgres keeps texts without these; they never mean anything in a setting. */
const unstorable = /\0|\p{Surrogate}/u;

export function booleanSetting(): z.ZodType<boolean> {
  return setting({}, { type: 'boolean' }, (value, fail) => {
    if (trueValues.includes(value)) return true;
    return falseValues.includes(value) ? false : fail('Must be a valid boolean.');
  }) as z.ZodType<boolean>;
}

export function integerSetting(options: Nullable & Bounds = {}): z.ZodType<number | null> {
  const { min, max } = options;
  return setting(options, { type: 'integer', minimum: min, maximum: max }, (value, fail) => {
    const number = readNumber(value);
    if (number === null || !Number.isSafeInteger(number))
      return fail('A valid integer is required.');
    return withinBounds(number, options, fail);
  });
}

export function numberSetting(options: Nullable & Bounds = {}): z.ZodType<number | null> {
  const { min, max } = options;
  return setting(options, { type: 'number', minimum: min, maximum: max }, (value, fail) => {
    const number = readNumber(value);
    return number === null
      ? fail('A valid number is required.')
      : withinBounds(number, options, fail);
  });
}

export function textSetting(options: Nullable & { max?: number } = {}): z.ZodType<string | null> {
  return setting(options, { type: 'string', maxLength: options.max }, (value, fail) => {
    if (typeof value !== 'string') return fail('Not a valid string.');
    if (unstorable.test(value)) return fail('Null characters are not allowed.');
    return options.max !== undefined && Array.from(value).length > options.max
      ? fail(`Ensure this field has no more than ${options.max} characters.`)
      : value;
  });
}

export function choiceSetting(choices: readonly string[]): z.ZodType<string> {
  return setting({}, { type: 'string', enum: choices }, (value, fail) =>
    typeof value === 'string' && choices.includes(value)
      ? value
      : fail(`${quoted(value)} is not a valid choice.`),
  ) as z.ZodType<string>;
}

/** @param options.totalMax characters of all items together. */
export function textListSetting(
  options: Nullable & { choices?: readonly string[]; totalMax?: number } = {},
): z.ZodType<string[] | null> {
  const { choices, totalMax } = options;
  const items = { type: 'string', enum: choices };
  return setting(options, { type: 'array', items }, (value, fail) => {
    if (!Array.isArray(value))
      return fail(`Expected a list of items but got type "${nameType(value)}".`);
    const texts: string[] = [];
    for (const item of value) {
      if (typeof item !== 'string') return fail('Not a valid string.');
      const text = item.trim();
      if (text === '') return fail('Empty values are not allowed.');
      if (unstorable.test(text)) return fail('Null characters are not allowed.');
      if (choices?.includes(text) === false) return fail(`${quoted(text)} is not a valid choice.`);
      texts.push(text);
    }
    return totalMax !== undefined && texts.join('').length > totalMax
      ? fail(`Ensure this field has no more than ${totalMax} characters.`)
      : texts;
  });
}

type Fail = (message: string) => null;

/** Nulls are dealt with here, once for all settings; `read` answers null after a failure. */
function setting<T>(
  options: Nullable,
  { type, ...jsonSchema }: Readonly<Record<string, unknown>>,
  read: (value: unknown, fail: Fail) => T | null,
): z.ZodType<T | null> {
  const schema = z.unknown().transform((value, payload) => {
    const fail: Fail = (message) => {
      payload.issues.push({ code: 'custom', message, input: value });
      return null;
    };
    if (value === null || value === undefined) {
      return options.allowNull === true ? null : fail(NOT_NULL);
    }
    return read(value, fail);
  });
  return schema.meta({ ...jsonSchema, type: options.allowNull === true ? [type, 'null'] : type });
}

function readNumber(value: unknown): number | null {
  const isText = typeof value === 'string' && /^\s*[+-]?\d{1,15}(\.\d{1,15})?\s*$/.test(value);
  const number = isText ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function withinBounds(number: number, { min, max }: Bounds, fail: Fail): number | null {
  if (min !== undefined && number < min) {
    return fail(`Ensure this value is greater than or equal to ${min}.`);
  }
  if (max !== undefined && number > max) {
    return fail(`Ensure this value is less than or equal to ${max}.`);
  }
  return number;
}

function quoted(value: unknown): string {
  return `"${typeof value === 'string' ? value : JSON.stringify(value)}"`;
}

function nameType(value: unknown): string {
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return 'dict';
}
