import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { invalidVersionMessage, isValidVersion } from '../domain/isValidVersion.ts';
import { parseSemver, parseVersion, versionColumns, type Semver } from '../domain/version.ts';
import { compareVersions, followsSemver } from '../domain/versionOrder.ts';

describe('isValidVersion', () => {
  test.each([
    '1.2.3+dev',
    '1.2.1 (123)',
    'foo.bar-1.0.0',
    'a'.repeat(40),
    ' 1.0 ',
    '…',
    'latest1',
    '.a',
    'v–1',
  ])('allows %j', (version) => expect(isValidVersion(version)).toBe(true));

  test.each([
    '',
    ' ',
    '.',
    '..',
    ' .. ',
    'latest',
    ' LaTest ',
    'a/b',
    'a\\b',
    'a\nb',
    'a\rb',
    'a\tb',
    'a\fb',
    '1\n',
    'a\0',
    '\ud800',
  ])('refuses %j', (version) => expect(isValidVersion(version)).toBe(false));

  it('names the version as it was sent', () => {
    expect(invalidVersionMessage(' a/b ')).toBe('Release with name  a/b  is not allowed');
  });
});

type Expected = { package: string | null; raw: string; description: string; hash?: string };
const unparsed = (input: string, expected: Expected) => ({ input, expected });
const whole = (input: string, packageName: string, raw: string) =>
  unparsed(input, { package: packageName, raw, description: input });

describe('parseVersion', () => {
  it('answers the documented shape', () => {
    expect(parseVersion('shop-web@4.2.0+311')).toEqual({
      package: 'shop-web',
      version: {
        raw: '4.2.0+311',
        major: 4,
        minor: 2,
        patch: 0,
        pre: null,
        buildCode: '311',
        components: 3,
      },
      description: '4.2.0 (311)',
      buildHash: null,
    });
  });

  test.each([
    ['foo@1.0rc1+7', [1, 0, 0, 'rc1', '7', 2], '1.0rc1 (7)'],
    ['foo@01.02.03', [1, 2, 3, null, null, 3], '01.02.03'],
    ['foo@1.0-', [1, 0, 0, null, null, 2], '1.0-'],
    ['foo@1.0--1', [1, 0, 0, '-1', null, 2], '1.0--1'],
    ['foo@2020-01-01', [2020, 0, 0, '01-01', null, 1], '2020-01-01'],
    ['foo@1.2.3.4-a.b.0+x.y', [1, 2, 3, 'a.b.0', 'x.y', 4], '1.2.3.4-a.b.0 (x.y)'],
    ['@a@1.0', [1, 0, 0, null, null, 2], '1.0'],
    ['foo bar@1.0', [1, 0, 0, null, null, 2], '1.0'],
    [' foo@1 ', [1, 0, 0, null, null, 1], '1'],
    ['foo@18446744073709551616.1', [0, 1, 0, null, null, 2], '18446744073709551616.1'],
    [
      'foo@9223372036854775808.0',
      [9223372036854775808, 0, 0, null, null, 2],
      '9223372036854775808.0',
    ],
  ])('parses %j', (input, [major, minor, patch, pre, buildCode, components], description) => {
    const info = parseVersion(input);
    expect(info?.version).toMatchObject({ major, minor, patch, pre, buildCode, components });
    expect(info).toMatchObject({ description, buildHash: null });
  });

  test.each([
    ...[
      '1.0+',
      'v1.2',
      '1.0Beta',
      '1.0-01',
      '1.0-a.01',
      '1..0',
      '1.2.3.4.5',
      '1.0 (12)',
      '1.X',
      '1.0-a.',
    ].map((raw) => whole(`foo@${raw}`, 'foo', raw)),
    whole('a@@1.0', 'a', '@1.0'),
    whole('a@b@c', 'a', 'b@c'),
    unparsed('1.2.3', { package: null, raw: '1.2.3', description: '1.2.3' }),
    unparsed('foo@', { package: null, raw: 'foo@', description: 'foo@' }),
    unparsed('@1.0', { package: null, raw: '@1.0', description: '@1.0' }),
    unparsed('@@1.0', { package: null, raw: '@@1.0', description: '@@1.0' }),
    unparsed('   ', { package: null, raw: '', description: '' }),
    unparsed('foo@123456789012', {
      package: 'foo',
      raw: '123456789012',
      description: '123456789012',
      hash: '123456789012',
    }),
    unparsed('5D0c'.repeat(10), {
      package: null,
      raw: '5D0c'.repeat(10),
      description: '5D0c5D0c5D0c',
      hash: '5D0c'.repeat(10),
    }),
  ])('leaves the version of $input unparsed', ({ input, expected }) => {
    expect(parseVersion(input)).toEqual({
      package: expected.package,
      version: { raw: expected.raw },
      description: expected.description,
      buildHash: expected.hash ?? null,
    });
    expect(parseSemver(input)).toBeNull();
  });

  it('shows the first twelve digits of a build that is a hash', () => {
    const hash = 'abcdef0123456789';
    expect(parseVersion(`foo@1.0+${hash}`)).toMatchObject({
      description: '1.0 (abcdef012345)',
      buildHash: hash,
    });
  });

  test.each([
    '.',
    '..',
    'Latest',
    'a/b',
    'a\\b',
    'a\nb',
    'a\tb',
    'a\fb',
    'a\0b',
    'a'.repeat(201),
    'é'.repeat(101),
  ])('answers null for %j', (version) => expect(parseVersion(version)).toBeNull());

  it('parses up to 200 bytes', () => {
    expect(parseVersion('é'.repeat(100))).not.toBeNull();
  });

  it('never throws and keeps package and rest of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const info = parseVersion(text);
        if (info === null || info.package === null) return;
        expect(`${info.package}@${info.version.raw}`).toBe(text.trim());
      }),
    );
  });
});

describe('versionColumns', () => {
  it('stores numbers as text, prerelease as empty text when there is none', () => {
    expect(versionColumns('foo@1.2+007')).toEqual({
      package: 'foo',
      major: '1',
      minor: '2',
      patch: '0',
      revision: '0',
      prerelease: '',
      buildCode: '007',
      buildNumber: '7',
    });
  });

  test.each([
    ['foo@1+abc', null],
    ['foo@1+9223372036854775807', '9223372036854775807'],
    ['foo@1+9223372036854775808', null],
    ['foo@1', null],
  ])('the build number of %j is %j', (version, number) => {
    expect(versionColumns(version).buildNumber).toBe(number);
  });

  test.each(['1.2.3', 'foo@9223372036854775808.0', 'foo@abc', 'latest'])(
    'are all null for %j',
    (version) => {
      expect(new Set(Object.values(versionColumns(version)))).toEqual(new Set([null]));
    },
  );

  it('hold any four numbers that fit', () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(number, number, number, number, (major, minor, patch, revision) => {
        expect(versionColumns(`p@${major}.${minor}.${patch}.${revision}`)).toMatchObject({
          major: `${major}`,
          minor: `${minor}`,
          patch: `${patch}`,
          revision: `${revision}`,
        });
      }),
    );
  });
});

describe('compareVersions', () => {
  const semver = (text: string): Semver => parseSemver(`p@${text}`)!;

  it('orders by numbers, then final over prerelease, then prerelease text', () => {
    const ordered = [
      '1.0-10',
      '1.0-9',
      '1.0-a',
      '1.0-b',
      '1.0',
      '1.0.0.1',
      '1.0.1',
      '1.2',
      '1.10',
      '2',
      '9223372036854775807',
    ];
    const shuffled = ordered.toReversed().map(semver).sort(compareVersions);
    expect(shuffled).toEqual(ordered.map(semver));
  });

  it('does not look at package and build', () => {
    expect(compareVersions(semver('1.0+1'), parseSemver('q@1.0.0+2')!)).toBe(0);
  });

  it('is a total order', () => {
    const version = fc
      .tuple(fc.nat(2), fc.nat(2), fc.constantFrom('', '-a', '-b', '-1'))
      .map(([major, minor, pre]) => semver(`${major}.${minor}${pre}`));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});

describe('followsSemver', () => {
  // One letter per release, newest first: s semantic, n not, a archived and semantic.
  test.each([
    ['', false],
    ['s', true],
    ['n', false],
    ['ns', false],
    ['sn', true],
    ['nns', true],
    ['nnns', false],
    ['nnnssssss', false],
    ['nsnnnnnnn', true],
    ['snnnnnnnnn', false],
    ['snnnnnnnss', true],
    ['nnnsssssss', false],
    ['ssnnnnnnnns', false],
    ['an', false],
    ['as', true],
  ])('%j: %s', (releases, expected) => {
    const rows = Array.from(releases, (kind) => ({
      status: kind === 'a' ? 'archived' : 'open',
      package: kind === 'n' ? null : 'p',
    }));
    expect(followsSemver(rows)).toBe(expected);
  });

  it('asks the same of the version at hand', () => {
    const rows = [{ status: 'open', package: 'p' }];
    expect(followsSemver(rows, 'p@1.0')).toBe(true);
    expect(followsSemver(rows, '1.0')).toBe(false);
  });
});
