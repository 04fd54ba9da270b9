import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  organizationSlugProblem,
  projectSlugCandidates,
  projectSlugProblem,
  reservedProjectProblem,
  slugify,
} from '../domain/slugs.ts';

const random = {
  hex: (digits: number) => 'abcdef0123456789'.slice(0, digits),
  text: (length: number) => 'x'.repeat(length),
};

const INVALID =
  'Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.';

test.each([
  ['web', null],
  ['my_web-2', null],
  ['-_-', null],
  ['a'.repeat(100), null],
  ['a'.repeat(101), 'Ensure this field has no more than 100 characters.'],
  ['', INVALID],
  ['123', INVALID],
  ['Web', INVALID],
  ['a b', INVALID],
  ['a/b', INVALID],
  ['é', INVALID],
])('the project slug %j is answered with %j', (slug, problem) => {
  expect(projectSlugProblem(slug)).toBe(problem);
});

test.each([
  ['acme', null],
  ['Acme-2', null],
  ['a'.repeat(50), null],
  ['ab', 'This slug "ab" is too short. Minimum of 3 characters.'],
  ['api', 'This slug "api" is reserved and not allowed.'],
  ['API', null],
  ['_static', 'This slug "_static" is reserved and not allowed.'],
  ['ac me', 'The slug "ac me" should not contain any whitespace.'],
  ['acme-', INVALID],
  ['-acme', INVALID],
  ['ac_me', INVALID],
  ['1234', INVALID],
  ['a'.repeat(51), 'Ensure this field has no more than 50 characters.'],
])('the organization slug %j is answered with %j', (slug, problem) => {
  expect(organizationSlugProblem(slug)).toBe(problem);
});

test.each([
  ['name', 'settings', 'The name "settings" is reserved and not allowed.'],
  ['slug', 'settings', 'The slug "settings" is reserved and not allowed.'],
  ['name', 'Settings', null],
  ['name', 'web', null],
] as const)('a project with the %s %j is answered with %j', (kind, text, problem) => {
  expect(reservedProjectProblem(kind, text)).toBe(problem);
});

test.each([
  ['The Web App', 'the-web-app'],
  ['  Ünïcode -- Größe  ', 'unicode-groe'],
  ['a_b', 'a_b'],
  ['_a_', 'a'],
  ['---', ''],
  ['日本', ''],
  ['a/b.c', 'abc'],
])('the name %j becomes %j', (name, slug) => {
  expect(slugify(name)).toBe(slug);
});

describe('slugs for a project without one', () => {
  const lengths = [2, 3, 3, 3, 3, 3, ...Array<number>(20).fill(5), 12];
  const suffixed = (base: string) => lengths.map((length) => `${base}-${'x'.repeat(length)}`);

  it('are its name first, then 27 with longer and longer suffixes', () => {
    expect(projectSlugCandidates('Web', random)).toEqual(['web', ...suffixed('web')]);
  });

  it('always have a suffix when the name is a number, which would be taken for an id', () => {
    expect(projectSlugCandidates('123', random)).toEqual(suffixed('123'));
  });

  test.each(['settings', '', '日本'])('are twelve hex digits for the name %j', (name) => {
    expect(projectSlugCandidates(name, random)[0]).toBe('abcdef012345');
  });

  it('are valid and have at most 50 characters, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
        for (const slug of projectSlugCandidates(name, random)) {
          expect(projectSlugProblem(slug)).toBeNull();
          expect(slug.length).toBeLessThanOrEqual(50);
        }
      }),
    );
  });
});
