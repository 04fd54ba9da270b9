import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { normaliseCommits, type CommitInput } from '../domain/commitList.ts';

const normalise = (...commits: CommitInput[]) => normaliseCommits(commits, '7');
const keys = (...commits: CommitInput[]) => normalise(...commits).commits.map(({ key }) => key);
const at = (hour: number): string => `2026-01-01T0${hour}:00:00.000000Z`;

describe('order', () => {
  it('is newest first, with the order of the request among equals', () => {
    expect(
      keys(
        { id: 'a', timestamp: at(1) },
        { id: 'b', timestamp: at(3) },
        { id: 'c', timestamp: at(1) },
      ),
    ).toEqual(['b', 'a', 'c']);
  });

  it('is that of the request when nothing has a timestamp', () => {
    expect(keys({ id: 'c' }, { id: 'a' }, { id: 'b' })).toEqual(['c', 'a', 'b']);
  });

  it('puts commits with a missing or null timestamp last, as they came', () => {
    expect(
      keys(
        { id: 'x' },
        { id: 'a', timestamp: at(1) },
        { id: 'y', timestamp: null },
        { id: 'b', timestamp: at(2) },
      ),
    ).toEqual(['b', 'a', 'x', 'y']);
  });
});

describe('skipped commits', () => {
  it('leave no row and do not count', () => {
    const result = normalise(
      {
        id: 'a',
        message: 'x #skipsentry y',
        author_email: 'a@x',
        repository: 'r',
        patch_set: [{ path: 'f', type: 'A' }],
      },
      { id: 'b', message: null },
    );
    expect(result).toEqual({
      commitCount: 1,
      repositories: ['organization-7'],
      authors: [],
      commits: [
        {
          position: 0,
          key: 'b',
          repository: 0,
          author: null,
          message: null,
          isMessageSent: true,
          timestamp: null,
        },
      ],
      fileChanges: [],
    });
  });

  it('may be all of them', () => {
    expect(normalise({ id: 'a', message: '#skipsentry' })).toMatchObject({
      commitCount: 0,
      commits: [],
    });
  });
});

test.each([undefined, null, ''])(
  'the repository %j becomes the one of the organization',
  (repository) => {
    expect(normalise({ id: 'a', repository }, { id: 'b', repository: 'r' }).repositories).toEqual([
      'organization-7',
      'r',
    ]);
  },
);

describe('authors', () => {
  test.each<[Partial<CommitInput>, unknown]>([
    [
      { author_email: 'A@x', author_name: 'N' },
      { email: 'a@x', name: 'N' },
    ],
    [{ author_email: 'a@x' }, { email: 'a@x', name: null }],
    [
      { author_email: 'a@x', author_name: null },
      { email: 'a@x', name: null },
    ],
    [{ author_name: 'Ana María' }, { email: 'anamara@localhost', name: 'Ana María' }],
    [
      { author_name: 'a-b_c.d!', author_email: null },
      { email: 'a-b_c.d@localhost', name: 'a-b_c.d!' },
    ],
    [{ author_email: 'e'.repeat(75) }, { email: 'e'.repeat(75), name: null }],
    [{ author_email: 'E'.repeat(76) }, { email: `${'e'.repeat(72)}...`, name: null }],
    [{ author_email: '😀'.repeat(75) }, { email: '😀'.repeat(75), name: null }],
    [{ author_email: '😀'.repeat(76) }, { email: `${'😀'.repeat(72)}...`, name: null }],
  ])('%j is one', (fields, author) => {
    const result = normalise({ id: 'a', ...fields });
    expect(result.authors).toEqual([author]);
    expect(result.commits[0]?.author).toBe(0);
  });

  test.each<Partial<CommitInput>>([
    {},
    { author_email: '' },
    { author_email: '', author_name: 'N' },
    { author_name: '' },
    { author_name: null, author_email: null },
  ])('%j is none', (fields) => {
    expect(normalise({ id: 'a', ...fields })).toMatchObject({
      authors: [],
      commits: [{ author: null }],
    });
  });

  it('take their name from the first commit of a spelling, and from the last new spelling', () => {
    const result = normalise(
      { id: '1', author_email: 'a@x', author_name: 'first' },
      { id: '2', author_email: 'a@x', author_name: 'ignored' },
      { id: '3', author_email: 'A@x', author_name: 'second' },
      { id: '4', author_email: 'a@x', author_name: 'ignored' },
    );
    expect(result.authors).toEqual([{ email: 'a@x', name: 'second' }]);
    expect(result.commits.map(({ author }) => author)).toEqual([0, 0, 0, 0]);
  });
});

describe('duplicates', () => {
  it('keep the first place, leave a gap, count, and bring what they say anew', () => {
    const result = normalise(
      {
        id: 'a',
        message: 'old',
        patch_set: [
          { path: 'f', type: 'A' },
          { path: 'f', type: 'M' },
        ],
      },
      {
        id: 'a',
        message: 'new',
        author_email: 'a@x',
        patch_set: [
          { path: 'f', type: 'D' },
          { path: 'g', type: 'D' },
        ],
      },
      { id: 'a', repository: 'other' },
      { id: 'b' },
    );
    expect(result.commitCount).toBe(4);
    expect(result.commits).toMatchObject([
      { key: 'a', position: 0, repository: 0, message: 'new', author: 0 },
      { key: 'a', position: 2, repository: 1 },
      { key: 'b', position: 3 },
    ]);
    expect(result.fileChanges).toEqual([
      { commit: 0, filename: 'f', type: 'A' },
      { commit: 0, filename: 'g', type: 'D' },
    ]);
  });

  it('keep what they do not send', () => {
    expect(
      normalise({ id: 'a', message: 'm', timestamp: at(1) }, { id: 'a' }).commits,
    ).toMatchObject([{ message: 'm', isMessageSent: true, timestamp: at(1) }]);
  });
});

it('tells an absent message from a null one', () => {
  expect(normalise({ id: 'a' }, { id: 'b', message: null }).commits).toMatchObject([
    { message: null, isMessageSent: false },
    { message: null, isMessageSent: true },
  ]);
});

it('answers rows that are distinct by the keys of their tables, for any list', () => {
  const letter = fc.constantFrom('a', 'b', 'B');
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const commit: fc.Arbitrary<CommitInput> = fc.record({
    id: letter,
    repository: maybe(letter),
    message: maybe(fc.constantFrom('m', '#skipsentry')),
    author_email: maybe(letter),
    timestamp: maybe(fc.integer({ min: 0, max: 9 }).map(at)),
    patch_set: maybe(
      fc.array(fc.record({ path: letter, type: fc.constantFrom('A', 'M', 'D') }), { maxLength: 3 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(commit), (commits) => {
      const input = structuredClone(commits);
      const result = normaliseCommits(commits, '7');
      expect(commits).toEqual(input);
      const isDistinct = (rows: readonly unknown[]): boolean =>
        new Set(rows.map((row) => JSON.stringify(row))).size === rows.length;
      expect(isDistinct(result.commits.map((row) => [row.repository, row.key]))).toBe(true);
      expect(isDistinct(result.fileChanges.map((row) => [row.commit, row.filename]))).toBe(true);
      expect(isDistinct(result.authors.map((row) => row.email))).toBe(true);
      const positions = result.commits.map(({ position }) => position);
      expect(positions).toEqual(positions.toSorted((a, b) => a - b));
      expect(result.authors).not.toContain(undefined);
    }),
  );
});
