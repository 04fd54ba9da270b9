import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { addLimit, formatGitDate, toCommitRecord } from '../infra/scm/commitRecord.ts';
import { LogFormatError, LogParser } from '../infra/scm/git/logParser.ts';
import type { RangeLimit } from '../infra/scm/provider.ts';

const sha = (digit: string) => digit.repeat(40);

function parse(output: Buffer, chunkSizes: readonly number[] = []) {
  const parser = new LogParser();
  const commits = [];
  let start = 0;
  for (const size of [...chunkSizes, output.length]) {
    commits.push(...parser.push(output.subarray(start, start + size)));
    start += size;
  }
  return [...commits, ...parser.end()];
}

const words = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
const commitArbitrary = fc.record({
  id: fc.stringMatching(/^[0-9a-f]{40}$/),
  authorName: words,
  authorEmail: words,
  // A message may look like anything, a commit and its changes included.
  message: fc.oneof(words, fc.constantFrom(sha('a'), '\nA', 'A', '\n', '')),
  changes: fc.array(
    fc.record({
      // A path may look like a status or a sha.
      path: fc.oneof(
        words.filter((path) => path !== ''),
        fc.constantFrom('A', 'M', sha('b')),
      ),
      type: fc.constantFrom('A' as const, 'M' as const, 'D' as const),
    }),
    { maxLength: 4 },
  ),
});

describe('LogParser', () => {
  it('reads back every commit, wherever the output is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(commitArbitrary, { maxLength: 4 }),
        fc.array(fc.nat({ max: 30 }), { maxLength: 20 }),
        (commits, chunkSizes) => {
          const output = commits.map(({ id, authorName, authorEmail, message, changes }) => {
            const header = [id, authorName, authorEmail, '1700000000 +0000', message, ''].join(
              '\0',
            );
            const pairs = changes.map(({ type, path }) => `${type}\0${path}\0`).join('');
            return `${header}\0${pairs === '' ? '' : `\n${pairs}`}`;
          });
          const parsed = parse(Buffer.from(output.join('')), chunkSizes);
          expect(parsed).toEqual(
            commits.map((commit) => ({
              ...commit,
              timestamp: '2023-11-14T22:13:20+00:00',
              hasMoreChanges: false,
            })),
          );
        },
      ),
    );
  });

  it('survives any bytes: it reads them, or says that they are no log', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parse(Buffer.concat([Buffer.from(`${sha('a')}\0`), bytes]));
        } catch (error) {
          expect(error).toBeInstanceOf(LogFormatError);
        }
      }),
    );
  });

  it('turns bytes that are not UTF-8 into U+FFFD', () => {
    const [commit] = parse(
      Buffer.from(`${sha('a')}\0Jos\xe9\0e\x00001 +0000\0m\xff\0\0\nM\0p\xe9\0`, 'latin1'),
    );
    expect(commit).toMatchObject({ authorName: 'Jos\uFFFD', message: 'm\uFFFD' });
    expect(commit?.changes).toEqual([{ path: 'p\uFFFD', type: 'M' }]);
  });

  it('keeps memory bounded by cutting endless tokens and endless lists of files', () => {
    const files = 'M\0file\0'.repeat(10_000);
    const output = `${sha('a')}\0n\0e\x00001 +0000\0${'m'.repeat(3_000_000)}\0\0\n${files}`;
    const [commit] = parse(Buffer.from(output), [65_536, 65_536, 2_000_000]);
    expect(commit?.message.length).toBe(1024 * 1024);
    expect(commit?.changes.length).toBe(3_001);
    expect(commit?.hasMoreChanges).toBe(true);
  });

  test.each(['not a sha\0', `${sha('a')}\0n\0`, `${sha('a')}\0n\0e\0d\0m\0\0\nM\0`, 'abc'])(
    'refuses output that is cut off or something else: %j',
    (output) => expect(() => parse(Buffer.from(output))).toThrow(LogFormatError),
  );
});

test.each([
  [0, '+0000', '1970-01-01T00:00:00+00:00'],
  [1_700_000_000, '+0530', '2023-11-15T03:43:20+05:30'],
  [1_700_000_000, '-0800', '2023-11-14T14:13:20-08:00'],
  [-1, '+0000', '1969-12-31T23:59:59+00:00'],
  [1_700_000_000, '+51800', '2023-11-14T22:13:20+00:00'],
  [1_700_000_000, '+9959', '2023-11-14T22:13:20+00:00'],
  [1_700_000_000, '', '2023-11-14T22:13:20+00:00'],
  [253_402_300_800, '+0000', null],
  [Number.NaN, '+0000', null],
  [1e18, '+0000', null],
])('writes the git date %j %j as %j', (seconds, offset, expected) =>
  expect(formatGitDate(seconds, offset)).toBe(expected),
);

describe('toCommitRecord', () => {
  const raw = {
    id: sha('a'),
    authorEmail: 'a@example.com',
    authorName: 'A',
    message: 'subject\n\nbody\n\n',
    timestamp: '2026-01-02T03:04:05+05:30',
    changes: [],
    hasMoreChanges: false,
  };
  const record = (more: object) => {
    const limits: RangeLimit[] = [];
    return [
      toCommitRecord({ ...raw, ...more }, 'acme/web', (limit) => limits.push(limit)),
      limits,
    ] as const;
  };

  it('writes the fields of the write API and leaves no trailing line feeds', () => {
    expect(record({})).toEqual([
      {
        id: sha('a'),
        repository: 'acme/web',
        author_email: 'a@example.com',
        author_name: 'A',
        message: 'subject\n\nbody',
        timestamp: '2026-01-02T03:04:05+05:30',
        patch_set: [],
      },
      [],
    ]);
  });

  it('holds nothing that Postgres or JSON would refuse', () => {
    const [{ message, author_name: name, timestamp }] = record({
      message: 'a\0b\uD800',
      authorName: '\0',
      timestamp: '2026-02-30T00:00:00Z',
    });
    expect([message, name, timestamp]).toEqual(['a\uFFFDb\uFFFD', '\uFFFD', null]);
  });

  it('has no author where the commit has a blank one', () => {
    expect(record({ authorEmail: '', authorName: ' ' })[0]).toMatchObject({
      author_email: null,
      author_name: null,
    });
  });

  it('tells of every path, file and text that it leaves out', () => {
    const path = (length: number) => ({ path: 'p'.repeat(length), type: 'A' as const });
    const [long, longLimits] = record({ changes: [path(510), path(511)] });
    expect([long.patch_set.length, longLimits.length]).toEqual([1, 1]);
    const [many, manyLimits] = record({ changes: Array(3_001).fill(path(1)) });
    expect([many.patch_set.length, manyLimits[0]?.kind]).toEqual([3_000, 'files']);
    expect(record({ hasMoreChanges: true })[1]).toMatchObject([{ kind: 'files', affected: 1 }]);
    const [prose, proseLimits] = record({ message: `${'x'.repeat(65_535)}😀` });
    expect([prose.message.length, proseLimits[0]?.kind]).toEqual([65_535, 'text']);
  });
});

it('adds limits of the same rule up, and no longer counts once one of them cannot', () => {
  const limit = (affected: number | null) => ({ kind: 'files' as const, affected, reason: 'r' });
  const twice = addLimit(addLimit([], limit(1)), limit(2));
  expect(twice).toEqual([limit(3)]);
  expect(addLimit(twice, { ...limit(1), reason: 'other' })).toHaveLength(2);
  expect(addLimit(twice, limit(null))).toEqual([limit(null)]);
});
