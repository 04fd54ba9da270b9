import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { listField, objectSchema } from '../api/validation/collections.ts';
import {
  charField,
  choiceField,
  dateTimeField,
  fieldMessages,
  urlField,
} from '../api/validation/fields.ts';
import { isValidUrl } from '../api/validation/isValidUrl.ts';
import { validateBody } from '../api/validation/validateBody.ts';
import { AppError } from '../domain/errors.ts';

/** The messages for one value, or its output. */
function outcome(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  return parsed.success ? { ok: parsed.data } : parsed.error.issues.map(({ message }) => message);
}
const ok = (value: unknown) => ({ ok: value });

describe('charField', () => {
  test.each([
    ['a', ok('a')],
    [' \u001c a b\u3000\n', ok('a b')],
    [1, ok('1')],
    [1.5, ok('1.5')],
    [true, ['Not a valid string.']],
    [[], ['Not a valid string.']],
    [{}, ['Not a valid string.']],
    [Infinity, ['Not a valid string.']],
    [2 ** 53, [fieldMessages.inexactNumber]],
    [-1e300, [fieldMessages.inexactNumber]],
    [null, ['This field may not be null.']],
    [undefined, ['This field is required.']],
    ['', ['This field may not be blank.']],
    [' \t ', ['This field may not be blank.']],
    ['abcd', ['Ensure this field has no more than 3 characters.']],
    [' abc ', ok('abc')],
    ['😀😀😀', ok('😀😀😀')],
    ['😀😀😀😀', ['Ensure this field has no more than 3 characters.']],
    ['a\0', ['Null characters are not allowed.']],
    [
      'abcd\0',
      ['Ensure this field has no more than 3 characters.', 'Null characters are not allowed.'],
    ],
    ['a\ud800', ['Surrogate characters are not allowed: U+D800.']],
  ])('of at most 3 takes %j to %j', (value, expected) => {
    expect(outcome(charField({ max: 3 }), value)).toEqual(expected);
  });

  it('allows null and blank only when told to, and keeps blanks only when told to', () => {
    expect(outcome(charField({ allowNull: true }), null)).toEqual(ok(null));
    expect(outcome(charField({ allowNull: true }), '')).toEqual(['This field may not be blank.']);
    expect(outcome(charField({ allowBlank: true }), '  ')).toEqual(ok(''));
    expect(outcome(charField({ trim: false }), ' a ')).toEqual(ok(' a '));
    expect(outcome(charField({ trim: false }), ' ')).toEqual(ok(' '));
  });

  it('runs its check on texts that are fine otherwise', () => {
    const field = charField({ max: 3, check: (text) => `bad ${text}` });
    expect(outcome(field, ' a ')).toEqual(['bad a']);
    expect(outcome(field, 'abcd')).toEqual([fieldMessages.tooLong(3)]);
  });
});

describe('isValidUrl', () => {
  test.each([
    'https://ci.example.test/runs/7?x=1#y',
    'http://localhost:3000/',
    'http://jenkins:8080/job/1',
    'http://127.0.0.1/',
    'http://[::1]:80/',
    'HTTPS://user:pass@example.com',
    'ftp://example.com/a',
    'https://bücher.example/ü',
    'https://example.com./',
  ])('accepts %j', (url) => expect(isValidUrl(url)).toBe(true));

  test.each([
    'x',
    'example.com',
    '/path',
    'http://',
    'http:///path',
    'http:/example.com',
    'http:\\\\example.com',
    'http://?x',
    'http://a..b/',
    'http://a b/',
    'http://example.com/a b',
    'http://example.com:99999/',
    'http://999.999.999.999/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'mailto:a@b.c',
  ])('refuses %j', (url) => expect(isValidUrl(url)).toBe(false));
});

describe('urlField', () => {
  it('trims, and reports syntax and length together', () => {
    expect(outcome(urlField({}), ' http://a.b ')).toEqual(ok('http://a.b'));
    expect(outcome(urlField({}), 'x'.repeat(201))).toEqual([
      'Ensure this field has no more than 200 characters.',
      'Enter a valid URL.',
    ]);
    expect(outcome(urlField({}), `http://a.b/${'x'.repeat(189)}`)).toMatchObject({
      ok: expect.any(String),
    });
    expect(outcome(urlField({ allowNull: true, allowBlank: true }), '')).toEqual(ok(''));
  });
});

test.each([
  ['2026-01-02T03:25:00+05:30', ok('2026-01-01T21:55:00.000000Z')],
  ['42', ok('1970-01-01T00:00:42.000000Z')],
  [42, [fieldMessages.dateTime]],
  ['', [fieldMessages.dateTime]],
  ['soon', [fieldMessages.dateTime]],
  [{}, [fieldMessages.dateTime]],
  [null, ['This field may not be null.']],
])('dateTimeField takes %j to %j', (value, expected) => {
  expect(outcome(dateTimeField({}), value)).toEqual(expected);
});

test.each([
  ['a', ok('a')],
  [' a ', ok('a')],
  ['A', ['no A']],
  [1, ['no 1']],
  [false, ['Not a valid string.']],
  ['', ['This field may not be blank.']],
])('choiceField takes %j to %j', (value, expected) => {
  expect(
    outcome(
      choiceField(['a', 'b'], (text) => `no ${text}`),
      value,
    ),
  ).toEqual(expected);
});

describe('listField', () => {
  test.each([
    ['a', 'str'],
    [{}, 'dict'],
    [1, 'int'],
    [1.5, 'float'],
    [true, 'bool'],
  ])('names the type of %j in the words of Python', (value, type) => {
    expect(outcome(listField(charField({})), value)).toEqual([
      `Expected a list of items but got type "${type}".`,
    ]);
  });

  it('allows null only, and empty lists unless, told so', () => {
    expect(outcome(listField(charField({})), null)).toEqual(['This field may not be null.']);
    expect(outcome(listField(charField({}), { allowNull: true }), null)).toEqual(ok(null));
    expect(outcome(listField(charField({})), [])).toEqual(ok([]));
    expect(outcome(listField(charField({}), { allowEmpty: false }), [])).toEqual([
      'This list may not be empty.',
    ]);
  });
});

describe('validateBody', () => {
  const leaf = objectSchema({ a: charField({ max: 1 }), b: charField({}).optional() });
  const schema = objectSchema({
    name: charField({}),
    items: listField(
      objectSchema({ id: charField({}), leaves: listField(leaf).optional() }),
    ).optional(),
    words: listField(charField({})).optional(),
  });
  const errors = (body: unknown): unknown => {
    try {
      return validateBody(schema, body);
    } catch (error) {
      return error instanceof AppError ? error.body : error;
    }
  };

  it('drops unknown keys and leaves absent ones absent', () => {
    expect(errors({ name: 'n', other: 1 })).toStrictEqual({ name: 'n' });
    expect(errors(JSON.parse('{"name":"n","__proto__":{"items":[]}}'))).toStrictEqual({
      name: 'n',
    });
  });

  it('reports all fields at once', () => {
    expect(errors({ items: 'x', words: {} })).toEqual({
      name: ['This field is required.'],
      items: ['Expected a list of items but got type "str".'],
      words: ['Expected a list of items but got type "dict".'],
    });
  });

  test.each([
    [[], 'list'],
    ['x', 'str'],
    [null, 'NoneType'],
    [1, 'int'],
  ])('refuses the body %j', (body, type) => {
    expect(errors(body)).toEqual({
      non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`],
    });
  });

  test.each([
    [{ items: [{ id: 'a' }, {}, { id: null }] }, { items: { id: ['This field is required.'] } }],
    [
      { items: [{ leaves: [{ a: 'ab', b: '' }] }] },
      {
        items: {
          id: ['This field is required.'],
          leaves: { a: [fieldMessages.tooLong(1)], b: [fieldMessages.blank] },
        },
      },
    ],
    [{ items: ['x'] }, { items: { non_field_errors: [fieldMessages.notObject('x')] } }],
    [{ items: [null] }, { items: { non_field_errors: [fieldMessages.notObject(null)] } }],
    [
      { items: [{ id: 'a', leaves: [[]] }] },
      { items: { leaves: { non_field_errors: [fieldMessages.notObject([])] } } },
    ],
    [{ items: [{ id: 'a', leaves: 1 }] }, { items: { leaves: [fieldMessages.notList(1)] } }],
    [{ words: ['a', true, null] }, { words: ['Not a valid string.'] }],
  ])('puts the errors of the first bad element of %j under the list', (body, expected) => {
    expect(errors({ name: 'n', ...body })).toEqual(expected);
  });

  it('does no more work for a million bad elements than for one', () => {
    const body = { name: 'n', items: new Array(1_000_000).fill(1) };
    const started = performance.now();
    expect(errors(body)).toHaveProperty('items');
    expect(performance.now() - started).toBeLessThan(200);
  });

  it('describes itself as a JSON schema', () => {
    expect(z.toJSONSchema(schema, { io: 'input' })).toMatchObject({
      required: ['name'],
      properties: { items: { type: 'array', items: { required: ['id'] } } },
    });
  });
});
