import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { issueReferences, REFERENCES_MAX } from '../domain/issueReferences.ts';
import { formatShortId } from '../domain/shortId.ts';
import { stripMarkdownLinks } from '../domain/stripMarkdownLinks.ts';

const find = (text: string | null) => issueReferences(text, { instanceHost: 'slipway.test:9000' });
const shortIds = (text: string): string => find(text).shortIds.map(formatShortId).join(' ');
const groupIds = (text: string): readonly string[] => find(text).groupIds;

describe('short ids', () => {
  test.each([
    'fix',
    'fixes',
    'fixed',
    'close',
    'closes',
    'closed',
    'resolve',
    'resolves',
    'resolved',
    'FiXeS',
  ])('follow the keyword %s', (keyword) => {
    expect(shortIds(`${keyword} A-1`)).toBe('A-1');
    expect(shortIds(`text.\n${keyword}:\n\tA-1 text`)).toBe('A-1');
  });

  test.each([
    ['Fixes A-1, A-2 and B-3', 'A-1 A-2 B-3'],
    ['Fixes A-1\nA-2,\n\nB-3', 'A-1 A-2 B-3'],
    ['Fixes A-1 and breaks B-2', 'A-1 B-2'],
    ['Fixes the bug A-1', 'A-1'],
    ['Fixes A-1. Also B-2', 'A-1'],
    ['Fixes A-1; B-2', 'A-1'],
    ['Fixes A-1/B-2', 'A-1'],
    ['Fixes A-1 (B-2)', 'A-1'],
    ['Fixes A-1 #B-2', 'A-1'],
    ['Fixes A-1 für B-2', 'A-1 B-2'],
    ['Fixes A-1 A-1 a-1', 'A-1'],
    ['Fixes A-1. Fixes A-1', 'A-1'],
    ['Fixes A-1 closes: B-2', 'A-1 B-2'],
    ['(fixes A-1)', 'A-1'],
    ['fixes fixes A-1', 'A-1'],
    ['Fixes my-web_app-1', 'MY-WEB_APP-1'],
    ['Fixes -A-1-, --B-2', 'A-1 B-2'],
    ['Fixes A-12f', 'A-12F'],
    ['Fixes A-O', 'A-0'],
    ['Fixes [A-1](https://tracker.test/x)', 'A-1'],
    ['[Fixes](x) [A-1](y) [B-2](z)', 'A-1 B-2'],
    ['Fixes\u00a0A-1', 'A-1'],
  ])('%j has %j', (text, expected) => expect(shortIds(text)).toBe(expected));

  test.each([
    '',
    'A-1',
    'see A-1',
    'Fixes #A-1',
    'Fixes:A-1',
    'FixesA-1',
    'Fixes : A-1',
    'Fixing A-1',
    'prefix A-1',
    'suffixes A-1',
    'éfixes A-1',
    'fix_ A-1',
    'bug-fixes_x A-1',
    'Fixes [A-1]',
    'Fixes 123',
    'Fixes A-',
    'Fixes A-U',
    'Fixes A-1_x',
    'Fixes A-ZZZZZZZZZZZZZZ',
    'Fixes é-1',
    `Fixes ${'a'.repeat(200)}-1`,
  ])('%j has none', (text) => expect(find(text)).toEqual({ shortIds: [], groupIds: [] }));

  it('of no text are none', () => {
    expect(find(null)).toEqual({ shortIds: [], groupIds: [] });
  });
});

describe('links', () => {
  test.each([
    ['Fixes https://slipway.test:9000/organizations/acme/issues/123/', ['123']],
    ['Fixes: http://SLIPWAY.test/issues/123', ['123']],
    ['fixes https://acme.slipway.test/issues/123/events/1/?x=/issues/5', ['123']],
    [
      'fixes https://slipway.test/issues/123. closes https://slipway.test/issues/0124)',
      ['123', '124'],
    ],
    ['fixes A-1 and closes https://slipway.test/issues/7', ['7']],
    ['fixes https://slipway.test/issues/9223372036854775807', ['9223372036854775807']],
    ['fixes https://slipway.test/issues/9223372036854775808', []],
    [`fixes https://slipway.test/issues/${'9'.repeat(1000)}`, []],
    ['fixes https://evil-slipway.test/issues/123', []],
    ['fixes https://slipway.test.evil/issues/123', []],
    ['fixes https://evil/?https://slipway.test/issues/123', []],
    ['fixes https://slipway.test/?next=/issues/123', []],
    ['fixes https://slipway.test/issues/12ab', []],
    ['fixes https://slipway.test/issues/WEB-1', []],
    ['see https://slipway.test/issues/123', []],
    ['fixes [it](https://slipway.test/issues/123)', []],
    ['fixes https://[/issues/1', []],
  ])('%j name %j', (text, expected) => {
    expect(groupIds(text)).toEqual(expected);
  });
});

test.each([
  ['[a](b)', 'a'],
  ['x [a](b) y [c](d) z', 'x a y c z'],
  ['[a[b](c)', 'a[b'],
  ['[a]b](c)', '[a]b](c)'],
  ['[](c) [a]() [a] (b)', '[](c) [a]() [a] (b)'],
  ['[a](b', '[a](b'],
  ['[a](b)[c](d)', 'ac'],
  ['[a] [b](c)', '[a] b'],
])('the markdown %j reads %j', (text, expected) => {
  expect(stripMarkdownLinks(text)).toBe(expected);
});

describe('long texts', () => {
  it('cost linear time, whatever they repeat', () => {
    const fragment = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      'fix',
      'fixes: ',
      ' ',
      '-',
      '_',
      'A-1',
      ',',
      '\n',
      'https://',
      '/issues/1',
      'é',
      '#',
    );
    fc.assert(
      fc.property(fc.array(fragment, { minLength: 1, maxLength: 4 }), (fragments) => {
        const unit = fragments.join('');
        const text = unit.repeat(Math.ceil(200_000 / unit.length));
        const started = performance.now();
        find(text);
        // Quadratic time would be minutes.
        expect(performance.now() - started).toBeLessThan(1_000);
      }),
      { numRuns: 60 },
    );
  });

  it('are read up to a bound of references', () => {
    const many = Array.from({ length: REFERENCES_MAX + 5 }, (_, i) => `A-${i}`);
    const repeated = many.map((id) => `Fixes ${id}.`).join(' ');
    for (const text of [`Fixes ${many.join(' ')}`, repeated]) {
      expect(find(text).shortIds.length).toBeLessThanOrEqual(REFERENCES_MAX);
      expect(find(text).shortIds.length).toBeGreaterThan(REFERENCES_MAX / 2);
    }
  });

  it('never throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void find(`fixes ${text}`)));
  });
});
