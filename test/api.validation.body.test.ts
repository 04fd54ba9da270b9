import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseFormBody } from '../api/validation/formBody.ts';
import { parseJsonBody } from '../api/validation/jsonBody.ts';
import { AppError } from '../domain/errors.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): unknown => parseJsonBody(encode(text));

function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_input') {
      return error.body ?? error.message;
    }
    throw error;
  }
  return 'accepted';
}

describe('parseJsonBody', () => {
  it('takes an empty body for an empty object', () => {
    expect(parse('')).toEqual({});
  });

  it('passes over a byte order mark', () => {
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  test.each([
    ['nope', 'Expecting value: line 1 column 1 (char 0)'],
    [' ', 'Expecting value: line 1 column 2 (char 1)'],
    ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
    ["{'a':1}", 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
    ['{"a":1,}', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
    ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
    ['{"a":}', 'Expecting value: line 1 column 6 (char 5)'],
    ['{"a":1', "Expecting ',' delimiter: line 1 column 7 (char 6)"],
    ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
    ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
    ['{"a":1}\n x', 'Extra data: line 2 column 2 (char 9)'],
    ['01', 'Extra data: line 1 column 2 (char 1)'],
    ['"é😀', 'Unterminated string starting at: line 1 column 1 (char 0)'],
    ['["é😀", ?]', 'Expecting value: line 1 column 8 (char 7)'],
    ['"a\nb"', 'Invalid control character at: line 1 column 3 (char 2)'],
    ['"\0"', 'Invalid control character at: line 1 column 2 (char 1)'],
    [String.raw`"\x"`, String.raw`Invalid \escape: line 1 column 2 (char 1)`],
    [String.raw`"\u12"`, String.raw`Invalid \uXXXX escape: line 1 column 3 (char 2)`],
    ['{"a": NaN}', "Out of range float values are not JSON compliant: 'NaN'"],
    ['-Infinity', "Out of range float values are not JSON compliant: '-Infinity'"],
    ['\u2028', 'Expecting value: line 1 column 1 (char 0)'],
  ])('refuses %j with the reason and place that clients know', (text, reason) => {
    expect(refusal(() => parse(text))).toBe(`JSON parse error - ${reason}`);
  });

  it('refuses invalid UTF-8', () => {
    expect(refusal(() => parseJsonBody(Uint8Array.of(0x22, 0xff, 0x22)))).toMatch(
      /not valid UTF-8/,
    );
    expect(refusal(() => parseJsonBody(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)))).toMatch(
      /not valid UTF-8/,
    );
  });

  it('allows 64 levels and not one more', () => {
    const nested = (depth: number): string =>
      '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2);
    expect(refusal(() => parse(nested(64)))).toBe('accepted');
    expect(refusal(() => parse(`[${nested(64)}]`))).toMatch(/deeper than 64/);
    expect(refusal(() => parse('['.repeat(1_000_000)))).toMatch(/deeper than 64/);
  });

  it('does not count brackets inside strings', () => {
    const text = JSON.stringify(['[{'.repeat(100), `\\"${'['.repeat(100)}`, '\\', '['.repeat(100)]);
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test.each([
    ['{"version":"a\\u0000"}', { version: ['Null characters are not allowed.'] }],
    [
      '{"commits":[{"id":"a"},{"message":"\\u0000"}]}',
      { commits: { message: ['Null characters are not allowed.'] } },
    ],
    ['{"projects":["\\ud800"]}', { projects: ['Surrogate characters are not allowed: U+D800.'] }],
    ['{"a":{"\\udfff":1}}', { a: ['Surrogate characters are not allowed: U+DFFF.'] }],
    ['"\\u0000"', 'Null characters are not allowed.'],
    ['{"\\u0000":1}', 'Null characters are not allowed.'],
  ])('refuses %s, naming the field', (text, body) => {
    expect(refusal(() => parse(text))).toEqual(body);
  });

  it('accepts surrogate pairs and escaped backslashes before a u', () => {
    expect(parse('["\\ud83d\\ude00","\\\\u0000"]')).toEqual(['😀', '\\u0000']);
  });

  it('keeps a __proto__ key from changing any prototype', () => {
    const body = parse('{"__proto__":{"polluted":true}}') as object;
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect('polluted' in body).toBe(false);
  });

  it('reads what JSON.stringify writes', () => {
    const value = fc
      .jsonValue({ maxDepth: 8, stringUnit: 'grapheme' })
      .filter((v) => !JSON.stringify(v).includes('\\u0000'));
    fc.assert(
      fc.property(value, (json) => {
        expect(JSON.stringify(parse(JSON.stringify(json)))).toBe(JSON.stringify(json));
      }),
    );
  });

  it('gives every text that is not JSON a reason', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"a"',
      ':',
      ',',
      '1',
      '-',
      '"',
      '\\',
      'null',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fragment, { minLength: 1, maxLength: 12 }), (fragments) => {
        const text = fragments.join('');
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        const outcome = refusal(() => parse(text));
        if (isJson) expect(outcome).toBe('accepted');
        else expect(outcome).toMatch(/^JSON parse error - .+ \(char \d+\)$/);
      }),
    );
  });
});

describe('parseFormBody', () => {
  const urlEncoded = (text: string, listFields: string[] = []) =>
    parseFormBody(encode(text), 'application/x-www-form-urlencoded; charset=utf-8', listFields);

  it('reads fields; of repeated ones the last counts, except in list fields', async () => {
    expect(
      await urlEncoded('version=1%2B2+x&ref=a&ref=b&projects=web&projects=api', [
        'projects',
        'commits',
      ]),
    ).toEqual({
      version: '1+2 x',
      ref: 'b',
      projects: ['web', 'api'],
    });
    expect(await urlEncoded('projects=web', ['projects'])).toEqual({ projects: ['web'] });
  });

  it('keeps blanks, equals signs and stray percent signs', async () => {
    expect(await urlEncoded('&a=&b&c=x=y&d=100%&&')).toEqual({ a: '', b: '', c: 'x=y', d: '100%' });
  });

  test.each([encode('a=%ff'), Uint8Array.of(0x61, 0x3d, 0xff)])(
    'refuses invalid UTF-8',
    async (bytes) => {
      await expect(parseFormBody(bytes, 'application/x-www-form-urlencoded')).rejects.toThrow(
        /not valid UTF-8/,
      );
    },
  );

  it('keeps a __proto__ field from changing any prototype', async () => {
    expect(Object.getPrototypeOf(await urlEncoded('__proto__=x'))).toBe(Object.prototype);
  });

  it('reads multipart fields', async () => {
    const form = new FormData();
    form.append('version', '1.0 é');
    form.append('projects', 'web');
    form.append('projects', 'api');
    const request = new Response(form);
    const bytes = new Uint8Array(await request.clone().arrayBuffer());
    expect(await parseFormBody(bytes, request.headers.get('content-type')!, ['projects'])).toEqual({
      version: '1.0 é',
      projects: ['web', 'api'],
    });
  });

  it('refuses a multipart body that does not match its boundary', async () => {
    await expect(
      parseFormBody(encode('--a\r\nx'), 'multipart/form-data; boundary=b'),
    ).rejects.toThrow(/boundary/);
    await expect(parseFormBody(encode('x'), 'multipart/form-data')).rejects.toThrow(/boundary/);
  });
});
