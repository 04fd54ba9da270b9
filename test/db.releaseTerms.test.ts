import { beforeAll, describe, expect, test } from 'vitest';
import { createOrganization } from '../db/organizations.ts';
import { findReleasesByTerms } from '../db/releases/findReleasesByTerms.ts';
import { parseBuildTerm, parseVersionTerm, type ReleaseTerm } from '../domain/releaseTerms.ts';
import { versionColumns } from '../domain/version.ts';
import { cloneDatabase } from './support/database.ts';
import { testPool } from './support/pool.ts';

/** What searches say of releases by the parts of their versions (releases-api 11.3). */
const database = cloneDatabase();
const db = testPool(database.url);
const versions = [
  'app@1.0.0',
  'app@1.2.0-beta',
  'app@1.2.0+99',
  'app@1.2.3.4',
  'app@10.0.0+124',
  'app@2.0.0+125b',
  'lib@1.2.0',
  'nightly',
];
let organizationId: string;
const names = new Map<string, string>();

beforeAll(async () => {
  organizationId = (await createOrganization(db.pool, { slug: 'acme', name: 'Acme' }))!.id;
  for (const version of versions) {
    const parsed = versionColumns(version);
    const { rows } = await db.pool.query(
      `insert into release (organization_id, version, package, major, minor, patch, revision, prerelease, build_code, build_number)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
      [
        organizationId,
        version,
        parsed.package,
        parsed.major,
        parsed.minor,
        parsed.patch,
        parsed.revision,
        parsed.prerelease,
        parsed.buildCode,
        parsed.buildNumber,
      ],
    );
    names.set(rows[0].id, version);
  }
});

async function found(terms: readonly ReleaseTerm[], isAny = false): Promise<string[]> {
  const ids = await findReleasesByTerms(db.pool, organizationId, terms, { isAny });
  return ids.map((id) => names.get(id)!).sort();
}

describe('release.version', () => {
  test.each<[string, string[]]>([
    ['1.2.0', ['app@1.2.0+99', 'lib@1.2.0']],
    ['=1.2', ['app@1.2.0+99', 'lib@1.2.0']],
    ['app@1.2.0', ['app@1.2.0+99']],
    ['1.2.0-beta', ['app@1.2.0-beta']],
    ['>1.2.3', ['app@1.2.3.4', 'app@10.0.0+124', 'app@2.0.0+125b']],
    ['>=app@2', ['app@10.0.0+124', 'app@2.0.0+125b']],
    ['<1.2.0', ['app@1.0.0', 'app@1.2.0-beta']],
    ['<=lib@1.2.0', ['lib@1.2.0']],
    ['1.2.*', ['app@1.2.0+99', 'app@1.2.0-beta', 'app@1.2.3.4', 'lib@1.2.0']],
    ['lib@1.X', ['lib@1.2.0']],
    ['1.2.3.*', ['app@1.2.3.4']],
    ['3', []],
  ])('%s', async (text, expected) => {
    expect(await found([parseVersionTerm(text).term])).toEqual(expected);
  });

  test('!= is the negation of =', () => {
    expect(parseVersionTerm('!=1.2.0')).toEqual({ ...parseVersionTerm('1.2.0'), isNegated: true });
  });

  test.each(['', 'one', '>', '>1.*', '1.2.3.4.5', '99999999999999999999', '=>1'])(
    '"%s" is no semantic version: 400',
    (text) => {
      expect(() => parseVersionTerm(text)).toThrow(/^Invalid format of semantic version/);
    },
  );
});

describe('release.build', () => {
  test.each<[string, string[]]>([
    ['124', ['app@10.0.0+124']],
    ['>=99', ['app@1.2.0+99', 'app@10.0.0+124']],
    ['<124', ['app@1.2.0+99']],
    ['125b', ['app@2.0.0+125b']],
    ['12*', ['app@10.0.0+124', 'app@2.0.0+125b']],
    ['', ['app@1.2.0+99', 'app@10.0.0+124', 'app@2.0.0+125b']],
    ['9'.repeat(19), []],
  ])('%s', async (text, expected) => {
    expect(await found([parseBuildTerm(text).term])).toEqual(expected);
  });
});

test('all terms hold of one release, or any of them', async () => {
  const terms = [parseVersionTerm('>=1.2').term, { kind: 'package', package: 'lib' } as const];
  expect(await found(terms)).toEqual(['lib@1.2.0']);
  expect(await found([...terms.slice(1), parseBuildTerm('124').term], true)).toEqual([
    'app@10.0.0+124',
    'lib@1.2.0',
  ]);
  expect(await found([])).toEqual([]);
});
