import { z } from 'zod';
import { parseDateTime } from '../../domain/dateTime.ts';
import { trimWhitespace } from '../../domain/trimWhitespace.ts';
import { isValidUrl } from './isValidUrl.ts';
import { pythonTypeName } from './pythonTypeName.ts';
import { isLongerThan, unstorableText } from './textRules.ts';

/**
 * Fields with the rules and texts of the API that clients were written against (releases-api 2). Each is a zod
 * schema that takes any JSON value; a field that may be absent is wrapped in `.optional()`.
 */
export const fieldMessages = {
  required: 'This field is required.',
  null: 'This field may not be null.',
  blank: 'This field may not be blank.',
  notText: 'Not a valid string.',
  inexactNumber: 'Not a valid string. A number this long loses digits: send it in quotes.',
  tooLong: (max: number) => `Ensure this field has no more than ${max} characters.`,
  url: 'Enter a valid URL.',
  dateTime:
    'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
  notList: (value: unknown) => `Expected a list of items but got type "${pythonTypeName(value)}".`,
  emptyList: 'This list may not be empty.',
  notObject: (value: unknown) =>
    `Invalid data. Expected a dictionary, but got ${pythonTypeName(value)}.`,
} as const;

/** The release and deploy columns of upstream: longer ones pass its validation and fail in its database. */
const URL_LENGTH_MAX = 200;

/** Answers the message for a text that is refused, null for one that is fine. */
export type TextCheck = (text: string) => string | null;

type Nullable = Readonly<{ allowNull?: boolean }>;

type TextOptions = Nullable &
  Readonly<{
    max?: number;
    allowBlank?: boolean;
    /** On unless it is said to be off: surrounding blanks are not part of any text but a version. */
    trim?: boolean;
    /** Reported together with a wrong length. */
    rules?: readonly TextCheck[];
    /** Only runs on a text that passed everything else. */
    check?: TextCheck;
  }>;

type Field<T> = z.ZodType<T>;
type OrNull<T, O extends Nullable> = O['allowNull'] extends true ? T | null : T;

/** Numbers become text; booleans, lists and objects do not. */
export function charField<const O extends TextOptions>(options: O): Field<OrNull<string, O>> {
  return field(options, { type: 'string', maxLength: options.max }, (value, fail) =>
    readText(options, value, fail),
  );
}

export function urlField<const O extends Omit<TextOptions, 'max' | 'rules'>>(
  options: O,
): Field<OrNull<string, O>> {
  const text = {
    ...options,
    max: URL_LENGTH_MAX,
    rules: [(value: string) => (isValidUrl(value) ? null : fieldMessages.url)],
  };
  return field(
    options,
    { type: 'string', format: 'uri', maxLength: URL_LENGTH_MAX },
    (value, fail) => readText(text, value, fail),
  );
}

/** The output is the exact text of `parseDateTime`. */
export function dateTimeField<const O extends Nullable>(options: O): Field<OrNull<string, O>> {
  return field(
    options,
    { type: 'string', format: 'date-time' },
    (value, fail) =>
      (typeof value === 'string' ? parseDateTime(value) : null) ?? fail(fieldMessages.dateTime),
  );
}

/** A text out of a few; `invalid` words the error for any other. */
export function choiceField<const C extends string>(
  choices: readonly C[],
  invalid: (value: string) => string,
  options: Pick<TextOptions, 'max'> = {},
): Field<C> {
  return field({}, { type: 'string', enum: choices }, (value, fail) => {
    const text = readText(options, value, fail);
    if (text === null) return null;
    return choices.find((choice) => choice === text) ?? fail(invalid(text));
  });
}

/** Reports a problem and answers what `read` then answers. */
type Fail = (message: string) => null;

/**
 * A field with rules of its own. Null and absence are dealt with here, once for all fields; `read` answers
 * null after a failure. The JSON schema describes the input to readers of the API's documentation.
 */
export function field<T, O extends Nullable>(
  options: O,
  jsonSchema: Readonly<Record<string, unknown>>,
  read: (value: unknown, fail: Fail) => T | null,
): Field<OrNull<T, O>> {
  const schema = z.unknown().transform((value, payload) => {
    const fail: Fail = (message) => {
      payload.issues.push({ code: 'custom', message, input: value });
      return null;
    };
    if (value === undefined) return fail(fieldMessages.required);
    if (value === null) return options.allowNull === true ? null : fail(fieldMessages.null);
    return read(value, fail);
  });
  const type = options.allowNull === true ? [jsonSchema['type'], 'null'] : jsonSchema['type'];
  return schema.meta({ ...jsonSchema, type }) as unknown as Field<OrNull<T, O>>;
}

function readText(options: TextOptions, value: unknown, fail: Fail): string | null {
  if (typeof value !== 'string' && !Number.isFinite(value)) return fail(fieldMessages.notText);
  // Digits that a double cannot hold are gone by now; a release must not get a version that nobody sent.
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return fail(fieldMessages.inexactNumber);
  }
  const sent = String(value);
  const text = options.trim === false ? sent : trimWhitespace(sent);
  if (text === '') return options.allowBlank === true ? '' : fail(fieldMessages.blank);
  const problems = textProblems(text, options);
  if (problems.length === 0) {
    const problem = options.check?.(text) ?? null;
    return problem === null ? text : fail(problem);
  }
  problems.forEach(fail);
  return null;
}

function textProblems(text: string, { max, rules }: TextOptions): string[] {
  const problems: string[] = [];
  if (max !== undefined && isLongerThan(text, max)) problems.push(fieldMessages.tooLong(max));
  for (const problem of rules?.map((rule) => rule(text)) ?? []) {
    if (problem !== null) problems.push(problem);
  }
  const unstorable = unstorableText(text);
  if (unstorable !== null) problems.push(unstorable);
  return problems;
}
