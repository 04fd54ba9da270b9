import { afterAll, beforeAll, expect, test } from 'vitest';
import { directModels } from '../db/cache/directModels.ts';
import { findToken } from '../db/models/token.ts';
import { createPool, type Pool } from '../db/pool.ts';
import { scopes } from '../domain/scopes.ts';
import { hashToken } from '../infra/tokens.ts';
import { seed } from '../scripts/seed.ts';
import { cloneDatabase } from './support/database.ts';

const database = cloneDatabase();
const publicUrl = 'http://127.0.0.1:9000';
const unknownTokens = { user: null, org: null };
let pool: Pool;

beforeAll(() => {
  pool = createPool({
    databaseUrl: database.url,
    applicationName: 'test',
    max: 2,
    statementTimeoutMs: 10_000,
    onError: () => undefined,
  });
});
afterAll(() => pool.end());

const seedWith = (tokens: { user: string | null; org: string | null }, url = publicUrl) =>
  seed({ databaseUrl: database.url, publicUrl: url, tokens });

test('a fresh database gets acme with the projects 1 and 2, whose DSNs lead to the public address', async () => {
  const seeded = await seedWith(unknownTokens);
  expect(seeded.organization).toBe('acme');
  expect(seeded.projects).toEqual([
    {
      id: '1',
      slug: 'web',
      dsn: expect.stringMatching(/^http:\/\/[0-9a-f]{32}@127.0.0.1:9000\/1$/),
    },
    {
      id: '2',
      slug: 'api',
      dsn: expect.stringMatching(/^http:\/\/[0-9a-f]{32}@127.0.0.1:9000\/2$/),
    },
  ]);
  expect(await findToken(directModels(pool), hashToken(seeded.token))).toMatchObject({
    kind: 'user',
    scopes,
    expiresAt: null,
    user: { email: 'owner@acme.test', isActive: true },
  });
  expect(await findToken(directModels(pool), hashToken(seeded.orgToken))).toMatchObject({
    kind: 'organization',
    scopes: ['org:ci'],
  });
});

test('seeding again changes nothing and keeps the tokens that are remembered', async () => {
  const first = await seedWith(unknownTokens);
  const again = await seedWith({ user: first.token, org: first.orgToken });
  expect(again).toEqual(first);
  const { rows } = await pool.query(
    `select (select count(*)::int from organization) as organizations, (select count(*)::int from project) as projects,
            (select count(*)::int from app_user) as users, (select count(*)::int from member) as members`,
  );
  expect(rows).toEqual([{ organizations: 1, projects: 2, users: 1, members: 1 }]);
});

test('remembered tokens that the database does not know are replaced', async () => {
  const seeded = await seedWith({ user: 'sntryu_lost', org: 'sntrys_lost' });
  expect(await findToken(directModels(pool), hashToken(seeded.token))).not.toBeNull();
  expect(await findToken(directModels(pool), hashToken(seeded.orgToken))).not.toBeNull();
});

test('an organization token that leads to another address is replaced, because clients would follow it', async () => {
  const first = await seedWith(unknownTokens);
  const moved = await seedWith({ user: first.token, org: first.orgToken }, 'http://127.0.0.1:9001');
  expect(moved.token).toBe(first.token);
  expect(moved.orgToken).not.toBe(first.orgToken);
});

test('several starts at the same moment seed once', async () => {
  const seeded = await Promise.all(Array.from({ length: 5 }, () => seedWith(unknownTokens)));
  expect(new Set(seeded.map(({ projects }) => JSON.stringify(projects))).size).toBe(1);
});

test('seeding after a project was renamed makes another one, with an id of its own', async () => {
  await seedWith(unknownTokens);
  await pool.query("update project set slug = 'renamed' where slug = 'web'");
  const { projects } = await seedWith(unknownTokens);
  expect(projects.map(({ slug }) => slug)).toEqual(['web', 'api']);
  expect(Number(projects[0]!.id)).toBeGreaterThan(2 ** 52);
});
