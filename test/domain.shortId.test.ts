import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeBase32, encodeBase32, formatShortId, parseShortId } from '../domain/shortId.ts';

const max = String(2n ** 63n - 1n);

describe('base 32', () => {
  test.each([
    ['0', '0'],
    ['1', '1'],
    ['31', 'Z'],
    ['32', '10'],
    ['1103', '12F'],
    [max, '7ZZZZZZZZZZZZ'],
  ])('writes %s as %s', (number, text) => {
    expect(encodeBase32(number)).toBe(text);
    expect(decodeBase32(text)).toBe(number);
  });

  test.each([
    ['o', '0'],
    ['iL', '33'],
    ['12f', '1103'],
    [`${'0'.repeat(100)}1`, '1'],
  ])('reads %j as %s', (text, number) => expect(decodeBase32(text)).toBe(number));

  test.each(['', 'U', 'é', '-1', '8000000000000', 'Z'.repeat(10_000)])('refuses %j', (text) => {
    expect(decodeBase32(text)).toBeNull();
  });
});

describe('parseShortId', () => {
  test.each([
    ['WEB-12F', 'web', '1103'],
    [' my-Web_app-1 ', 'my-web_app', '1'],
    ['issue:web-1', 'web', '1'],
    ['web 1', 'web', '1'],
    ['web_1', 'web', '1'],
    ['a-b-c', 'a-b', '12'],
  ])('reads %j', (text, slug, number) => expect(parseShortId(text)).toEqual({ slug, number }));

  test.each(['', 'web', 'web-', '-1', 'web-U', 'web-1.', `web-${'Z'.repeat(14)}`])(
    'refuses %j',
    (text) => {
      expect(parseShortId(text)).toBeNull();
    },
  );

  it('reads what formatShortId writes', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9_-]{1,20}$/),
        fc.bigInt({ min: 0n, max: BigInt(max) }),
        (slug, number) => {
          const shortId = { slug, number: String(number) };
          expect(parseShortId(formatShortId(shortId))).toEqual(shortId);
        },
      ),
    );
  });
});
