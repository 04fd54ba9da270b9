// The model cache on a real Postgres and a real Redis: what is asked once, what is forgotten when, what is never shown,
// and how everything goes on when Redis does not.
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { z } from 'zod';
import { defineModel } from '../db/cache/model.ts';
import { objectName } from '../db/cache/modelEntries.ts';
import { environmentModel, findEnvironments } from '../db/models/environment.ts';
import { findOrganization, organizationModel } from '../db/models/organization.ts';
import { findProject } from '../db/models/project.ts';
import { findToken } from '../db/models/token.ts';
import type { Pool } from '../db/pool.ts';
import { hashToken } from '../infra/tokens.ts';
import { startCachingProcess, type CachingProcess } from './support/cachingProcess.ts';
import { cloneDatabase } from './support/database.ts';
import { openGate, type Gate } from './support/gate.ts';
import { testPool } from './support/pool.ts';
import { testServers } from './support/servers.ts';
import { logStatements } from './support/statementLog.ts';
import { createTenant, type Tenant } from './support/tenant.ts';

const database = cloneDatabase();
/** Somebody with psql: changes rows and tells nobody. */
const psql = testPool(database.url);
let tenant: Tenant;
/** Two processes; a gate stands between one of them and Redis. */
let here: CachingProcess;
let there: CachingProcess;
let gate: Gate;
let redis: Redis;
let space: string;

beforeAll(async () => {
  const { redisUrl } = testServers();
  redis = new Redis(redisUrl);
  gate = await openGate(redisUrl);
  tenant = await createTenant(psql.pool);
  here = await startCachingProcess(database.url, gate.url);
  there = await startCachingProcess(database.url, redisUrl);
  const { rows } = await psql.pool.query<{ space: string }>(
    `select (select system_identifier from pg_control_system()) || '.' || oid as space
       from pg_database where datname = current_database()`,
  );
  space = `{slipway:cache:${rows[0]!.space}}:`;
});
afterAll(async () => {
  await here.close();
  await there.close();
  await gate.close();
  await redis.quit();
});
afterEach(async () => {
  gate.open();
  await vi.waitFor(
    () => expect(here.caches.shared.isUsable() && there.caches.shared.isUsable()).toBe(true),
    { timeout: 5_000 },
  );
});

const models = () => here.caches.models;
const sql = async (text: string, values: unknown[] = [], pool: Pool = psql.pool) =>
  (await pool.query(text, values)).rows;
/** Names of what can be found in Redis, which all processes of this database share. */
const names = async (part = ''): Promise<string[]> => {
  const prefix = `${space}${await redis.get(`${space}epoch`)}:`;
  const found = await redis.keys(`${prefix.replaceAll(/[{}]/g, '?')}*`);
  return found.map((key) => key.slice(prefix.length)).filter((name) => name.includes(part));
};
const keyOf = async (name: string): Promise<string> =>
  `${space}${await redis.get(`${space}epoch`)}:${name}`;
/** Asks until the answer lies in Redis: what has just been set up may still be on its way as a change. */
async function warm<T>(find: () => Promise<T>, part: string): Promise<T> {
  let found!: T;
  await vi.waitFor(
    async () => {
      found = await find();
      expect(await names(part)).not.toEqual([]);
    },
    { timeout: 5_000 },
  );
  return found;
}
const organizationName = (id: string): string => objectName(organizationModel, id);

let number = 0;
async function newOrganization(): Promise<{ id: string; slug: string }> {
  number += 1;
  const slug = `org-${number}`;
  const [row] = await sql('insert into organization (slug, name) values ($1, $1) returning id', [
    slug,
  ]);
  return { id: row.id, slug };
}

describe('a look-up', () => {
  test.each([[{}], [{ id: '1', slug: 'acme' }]])(
    'by %j is a programming error',
    async (criteria) => {
      await expect(
        models().getFromCache(organizationModel, criteria as { id: string }),
      ).rejects.toThrow(TypeError);
    },
  );

  test.each<[string, () => Promise<unknown>]>([
    ['token', () => findToken(models(), hashToken(tenant.ownerToken))],
    ['organization token', () => findToken(models(), hashToken(tenant.organizationToken))],
    ['organization by slug', () => findOrganization(models(), 'acme')],
    ['organization by id', () => findOrganization(models(), tenant.organizationId)],
    ['project by slug', () => findProject(models(), tenant.organizationId, 'web')],
    ['project by id', () => findProject(models(), tenant.organizationId, tenant.web.id)],
  ])('of a warm %s asks Postgres nothing and gives the same', async (_, find) => {
    const cold = await find();
    expect(cold).not.toBeNull();
    await expect
      .poll(async () => {
        const log = logStatements({ lookUps: true });
        expect(await find()).toEqual(cold);
        return log.take();
      })
      .toEqual([]);
  });

  it('by one value makes the look-up by every other value warm, also for other processes', async () => {
    const { id, slug } = await newOrganization();
    await warm(() => findOrganization(models(), slug), id);
    const log = logStatements({ lookUps: true });
    expect(await findOrganization(there.caches.models, id)).toMatchObject({ slug });
    expect(await findOrganization(there.caches.models, slug)).toMatchObject({ id });
    expect(log.take()).toEqual([]);
  });

  it('of what does not exist is not remembered', async () => {
    expect(await findOrganization(models(), 'soon')).toBeNull();
    await sql("insert into organization (slug, name) values ('soon', 'Soon')");
    expect(await findOrganization(models(), 'soon')).toMatchObject({ name: 'Soon' });
  });

  it('by many values is one read and one statement, for those alone that are not warm', async () => {
    await sql(
      "insert into environment (organization_id, name) select $1, 'e' || i from generate_series(1, 50) i",
      [tenant.organizationId],
    );
    const wanted = Array.from({ length: 50 }, (_, index) => `e${index + 1}`);
    const place = (name: string) => `${tenant.organizationId}:${name}`;
    const find = async (some: string[]) => {
      const found = await models().getManyFromCache(environmentModel, 'place', some.map(place));
      return [...found.values()].map(({ id }) => id);
    };
    /** Two names for each environment: the pointer and the object. */
    const warmed = (count: number, some: string[]) =>
      vi.waitFor(async () => {
        await find(some);
        expect(await names('environment:')).toHaveLength(2 * count);
      });
    await warmed(20, wanted.slice(0, 20));
    const log = logStatements({ lookUps: true });
    const ids = await find([...wanted, 'nope', '', 'e1']);
    expect(new Set(ids).size).toBe(50);
    expect(log.take()).toEqual(['loadEnvironments_many']);
    await warmed(50, wanted);
    log.take();
    expect(new Set(await find(wanted))).toEqual(new Set(ids));
    expect(log.take()).toEqual([]);
  });

  it('by a hundred callers at once costs two statements at most', async () => {
    const { slug } = await newOrganization();
    const log = logStatements({ lookUps: true });
    const found = await Promise.all(
      Array.from({ length: 100 }, () => findOrganization(models(), slug)),
    );
    expect(found.every((row) => row?.slug === slug)).toBe(true);
    expect(log.take().length).toBeLessThanOrEqual(2);
  });

  it('is done once by a request, which still sees what it changes itself', async () => {
    const { id, slug } = await newOrganization();
    const scope = models().scope();
    const [first, second] = await Promise.all([
      findOrganization(scope, slug),
      findOrganization(scope, slug),
    ]);
    expect(second).toBe(first);
    await sql("update organization set name = 'New' where id = $1", [id], here.pool);
    expect(await findOrganization(scope, slug)).toMatchObject({ name: 'New' });
  });
});

describe('a change', () => {
  async function warmOrganization(): Promise<{ id: string; slug: string }> {
    const organization = await newOrganization();
    await warm(() => findOrganization(models(), organization.slug), organization.id);
    return organization;
  }

  it('shows at once to whoever made it, and to every process once it is confirmed', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id, slug } = await warmOrganization();
      await sql("update organization set name = 'New' where id = $1", [id], here.pool);
      expect(await findOrganization(models(), slug)).toMatchObject({ name: 'New' });
      await here.caches.shared.settled();
      expect(await findOrganization(there.caches.models, slug)).toMatchObject({ name: 'New' });
    }
  });

  it('by whoever tells nobody shows as soon as Postgres has told it', async () => {
    const { id, slug } = await warmOrganization();
    await sql("update organization set name = 'New' where id = $1", [id]);
    await expect.poll(() => findOrganization(models(), slug)).toMatchObject({ name: 'New' });
  });

  it('that is rolled back changes nothing', async () => {
    const { id, slug } = await warmOrganization();
    await sql('begin; update organization set name = $$No$$; rollback');
    await expect.poll(() => findOrganization(models(), slug)).toMatchObject({ id, name: slug });
    expect(await names(organizationName(id))).toEqual([organizationName(id)]);
  });

  it('of a slug never lets its old name show the row, nor a new row under it another one', async () => {
    const { id, slug } = await warmOrganization();
    await sql('update organization set slug = $2 where id = $1', [id, `${slug}-new`], here.pool);
    expect(await findOrganization(models(), slug)).toBeNull();
    const [other] = await sql(
      "insert into organization (slug, name) values ($1, 'Other') returning id",
      [slug],
      here.pool,
    );
    expect(await findOrganization(models(), slug)).toMatchObject({ id: other.id, name: 'Other' });
    expect(await findOrganization(models(), `${slug}-new`)).toMatchObject({ id });
  });

  test.each<[string, string, (gone: Tenant) => Promise<{ id: string; tokenId?: string } | null>]>([
    [
      'a revoked token of a user',
      'delete from api_token where id = $1',
      (gone) => findToken(models(), hashToken(gone.ownerToken)),
    ],
    [
      'a revoked token of an organization',
      'update org_auth_token set date_deactivated = now() where id = $1',
      (gone) => findToken(models(), hashToken(gone.organizationToken)),
    ],
    [
      'a project that waits for its deletion',
      "update project set status = 'pending_deletion' where id = $1",
      (gone) => findProject(models(), gone.organizationId, 'web'),
    ],
    [
      'an organization that waits for its deletion',
      "update organization set status = 'pending_deletion' where id = $1",
      (gone) => findOrganization(models(), gone.slug),
    ],
    [
      'a project of an organization that is deleted',
      'delete from organization where id = (select organization_id from project where id = $1)',
      (gone) => findProject(models(), gone.organizationId, 'web'),
    ],
  ])('%s is gone with the next look-up', async (_, statement, find) => {
    number += 1;
    const gone = await createTenant(psql.pool, `gone-${number}`);
    const found = (await warm(() => find(gone), (await find(gone))!.id))!;
    const client = await here.pool.connect();
    try {
      await client.query('begin');
      await client.query(statement, [found.tokenId ?? found.id]);
      // Not before the commit: until then the old row is the truth.
      expect(await find(gone)).toEqual(found);
      await client.query('commit');
    } finally {
      client.release();
    }
    expect(await find(gone)).toBeNull();
  });

  test.each([
    ['update app_user set is_active = false where id = $1', { isActive: false }],
    ["update app_user set is_active = true, name = 'Ada' where id = $1", { name: 'Ada' }],
    ["update user_email set email = 'ada@x.test' where user_id = $1", { email: 'ada@x.test' }],
    ['delete from user_email where user_id = $1', { email: null }],
    ["update member set role = 'admin' where user_id = $1", { memberships: [{ role: 'admin' }] }],
    ['delete from member where user_id = $1', { memberships: [] }],
    [
      'insert into member (user_id, organization_id) select $1, id from organization limit 1',
      { memberships: [{ role: 'member' }] },
    ],
  ])('%s shows in the tokens of the user', async (statement, user) => {
    const userToken = await tenant.userToken(['org:read']);
    expect(await findToken(models(), hashToken(userToken))).not.toBeNull();
    await sql(statement, [tenant.ownerId], here.pool);
    expect(await findToken(models(), hashToken(userToken))).toMatchObject({ user });
  });
});

describe('every column that is cached', () => {
  const organization = (of: Tenant) => findOrganization(models(), of.organizationId);
  const project = (of: Tenant) => findProject(models(), of.organizationId, of.web.id);
  const userToken = (of: Tenant) => findToken(models(), hashToken(of.ownerToken));
  const organizationToken = (of: Tenant) => findToken(models(), hashToken(of.organizationToken));

  test.each<[string, string, (of: Tenant) => Promise<{ id: string } | null>, object]>([
    ['organization', "slug = 'moved'", organization, { slug: 'moved' }],
    ['organization', "name = 'Moved'", organization, { name: 'Moved' }],
    ['organization', 'open_membership = false', organization, { openMembership: false }],
    ['project', "slug = 'moved'", project, { slug: 'moved' }],
    ['project', "name = 'Moved'", project, { name: 'Moved' }],
    ['project', "platform = 'rust'", project, { platform: 'rust' }],
    ['api_token', "scopes = '{org:read}'", userToken, { scopes: ['org:read'] }],
    ['api_token', "expires_at = 'epoch'", userToken, { expiresAt: 0 }],
    ['org_auth_token', "scopes = '{org:read}'", organizationToken, { scopes: ['org:read'] }],
    ['org_auth_token', "expires_at = 'epoch'", organizationToken, { expiresAt: 0 }],
  ])('of %s is forgotten when it changes: %s', async (table, change, find, expected) => {
    number += 1;
    const of = await createTenant(psql.pool, `column-${number}`);
    const { id } = (await warm(() => find(of), (await find(of))!.id))!;
    const changed = `update ${table} set ${change} where id = $1 returning id`;
    expect(await sql(changed, [id.replace(/^[uo]/, '')], here.pool)).toHaveLength(1);
    expect(await find(of)).toMatchObject(expected);
    await sql(`delete from organization where id = $1`, [of.organizationId]);
  });
});

describe('what an organization takes away from its members', () => {
  const KEY = 'sentry:events_member_admin';

  test.each<[string, boolean, boolean]>([
    [
      `insert into organization_option (organization_id, key, value) values ($1, '${KEY}', 'false')`,
      true,
      false,
    ],
    [
      `update organization_option set value = 'true' where organization_id = $1 and key = '${KEY}'`,
      false,
      true,
    ],
    [
      `update organization_option set value = 'null' where organization_id = $1 and key = '${KEY}'`,
      false,
      true,
    ],
    [`delete from organization_option where organization_id = $1 and key = '${KEY}'`, false, true],
  ])('shows with the next look-up: %s', async (statement, before, after) => {
    const { id, slug } = await newOrganization();
    if (!before) {
      await sql('insert into organization_option values ($1, $2, $3)', [id, KEY, 'false']);
    }
    const find = () => findOrganization(models(), slug);
    expect(await warm(find, id)).toMatchObject({ eventsMemberAdmin: before });
    await sql(statement, [id], here.pool);
    expect(await find()).toMatchObject({ eventsMemberAdmin: after, alertsMemberWrite: true });
    await sql('delete from organization where id = $1', [id]);
  });
});

describe('a row that was read before a change', () => {
  /** The model of organizations, whose rows arrive when the test lets them. */
  function slowModel() {
    let arrive!: () => void;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    let read!: () => void;
    const wasRead = new Promise<void>((resolve) => (read = resolve));
    const model: typeof organizationModel = {
      ...organizationModel,
      load: async (db, key, values) => {
        const rows = await organizationModel.load(db, key, values);
        read();
        await arrived;
        return rows;
      },
    };
    return { model, wasRead, arrive };
  }

  test.each([
    ['the same process', () => here],
    ['another process', () => there],
  ])('and arrives after it is not stored when %s makes the change', async (_, changing) => {
    const { id, slug } = await newOrganization();
    const { model, wasRead, arrive } = slowModel();
    const reading = models().getFromCache(model, { slug });
    await wasRead;
    await sql("update organization set name = 'New' where id = $1", [id], changing().pool);
    await changing().caches.shared.settled();
    arrive();
    expect(await reading).toMatchObject({ name: slug });
    // The store, if there were one, has reached Redis before the next read does.
    expect(await findOrganization(models(), slug)).toMatchObject({ name: 'New' });
    expect(await findOrganization(there.caches.models, slug)).toMatchObject({ name: 'New' });
  });

  it('is not stored into a Redis that has been emptied meanwhile', async () => {
    const { slug } = await newOrganization();
    const { model, wasRead, arrive } = slowModel();
    const reading = models().getFromCache(model, { slug });
    await wasRead;
    await redis.del(`${space}epoch`, `${space}changes`);
    await findOrganization(models(), 'acme');
    arrive();
    await reading;
    const log = logStatements({ lookUps: true });
    await findOrganization(models(), slug);
    expect(log.take()).toEqual(['loadOrganizations_slug']);
  });
});

describe('what lies in Redis', () => {
  async function entry(find: () => Promise<unknown>, part: string): Promise<string> {
    await warm(find, part);
    return keyOf((await names(part))[0]!);
  }

  it('is never believed when a pointer leads to another row', async () => {
    const mine = await newOrganization();
    const theirs = await newOrganization();
    await warm(() => findOrganization(models(), mine.slug), mine.id);
    await warm(() => findOrganization(models(), theirs.slug), theirs.id);
    let forged = 0;
    for (const name of await names(':slug:')) {
      const key = await keyOf(name);
      if ((await redis.get(key)) !== mine.id) continue;
      await redis.set(key, theirs.id, 'PX', 60_000);
      forged += 1;
    }
    expect(forged).toBe(1);
    expect(await findOrganization(models(), mine.slug)).toMatchObject(mine);
    expect(await findOrganization(there.caches.models, mine.slug)).toMatchObject(mine);
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['no row', '{"id":"7"}'],
    ['the row of another id', null],
  ])('is dropped when it is %s', async (_, value) => {
    const { id, slug } = await newOrganization();
    const key = await entry(() => findOrganization(models(), id), organizationName(id));
    const forged = value ?? (await redis.get(key))!.replace(id, '1');
    await redis.set(key, forged, 'PX', 60_000);
    expect(await findOrganization(models(), id)).toMatchObject({ id, slug });
    expect(await findOrganization(models(), slug)).toMatchObject({ id, slug });
    await expect.poll(() => redis.get(key)).not.toBe(forged);
  });

  it('holds no token', async () => {
    await warm(() => findToken(models(), hashToken(tenant.ownerToken)), 'token:');
    await warm(() => findToken(models(), hashToken(tenant.organizationToken)), 'token:');
    const all = await redis.keys('*');
    const values = await Promise.all(all.map((key) => redis.get(key).catch(() => null)));
    const text = JSON.stringify([all, values]);
    for (const token of [tenant.ownerToken, tenant.organizationToken]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(token.split('_')[1]);
    }
  });

  it('lives for five minutes, and environments for an hour', async () => {
    const acme = organizationName(tenant.organizationId);
    const ttl = await redis.pttl(await entry(() => findOrganization(models(), 'acme'), acme));
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(300_000);
    await sql("insert into environment (organization_id, name) values ($1, 'ttl')", [
      tenant.organizationId,
    ]);
    const find = () => findEnvironments(models(), tenant.organizationId, ['ttl']);
    expect(await redis.pttl(await entry(find, 'environment:'))).toBeGreaterThan(300_000);
  });

  it('is not found by a process that knows another shape of the row', async () => {
    const { id, slug } = await newOrganization();
    const older = defineModel<{ id: string; slug: string }, 'id' | 'slug'>({
      name: 'organization',
      row: z.object({ id: z.string(), slug: z.string() }),
      keys: { id: (row) => row.id, slug: (row) => row.slug },
      ttlMs: 60_000,
      load: organizationModel.load,
    });
    expect(older.version).not.toBe(organizationModel.version);
    expect(await models().getFromCache(older, { slug })).toMatchObject({ id, slug });
    expect(await findOrganization(models(), slug)).toMatchObject({ name: slug });
  });
});

describe('operators see', () => {
  /** Look-ups of organizations, by what came of them. */
  async function counted(): Promise<Record<string, number>> {
    const { values } = await here.metrics.cacheLookUps.get();
    const ofModel = values.filter(({ labels }) => labels.model === 'organization');
    return Object.fromEntries(ofModel.map(({ labels, value }) => [labels.outcome, value]));
  }

  it('how many rows came from the cache, how many did not, and how many it was not asked for', async () => {
    const { id, slug } = await newOrganization();
    await warm(() => findOrganization(models(), slug), id);
    const { hit = 0, miss = 0, bypassed = 0 } = await counted();
    await findOrganization(models(), slug);
    expect(await counted()).toMatchObject({ hit: hit + 1, miss });
    await findOrganization(models(), 'nope');
    expect(await counted()).toMatchObject({ hit: hit + 1, miss: miss + 1 });
    gate.shut();
    await findOrganization(models(), slug);
    expect(await counted()).toEqual({ hit: hit + 1, miss: miss + 1, bypassed: bypassed + 1 });
  });

  it('the same of the projects that people may use', async () => {
    const { organizationId } = tenant;
    const question = { organizationId, memberId: null, names: ['web'] };
    await warm(() => here.caches.projectAccess.projects(question), `access:${organizationId}:`);
    await here.caches.projectAccess.projects(question);
    const text = await here.metrics.registry.metrics();
    expect(text).toMatch(/slipway_cache_lookups_total\{model="project_access",outcome="hit"\} \d/);
    expect(text).toMatch(/slipway_cache_lookups_total\{model="project_access",outcome="miss"\} \d/);
  });
});

describe('when Redis', () => {
  test.each([
    ['is gone', () => gate.shut()],
    ['hangs', () => gate.hang()],
  ])('%s, every look-up is answered by Postgres, soon', async (_, breakIt) => {
    const { slug } = await newOrganization();
    breakIt();
    const startedAt = performance.now();
    for (let call = 0; call < 50; call += 1) {
      expect(await findOrganization(models(), slug)).toMatchObject({ slug });
    }
    // Three waits of 50 ms, then none: 50 calls that each waited would take 2.5 s.
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(await findEnvironments(models(), tenant.organizationId, ['nope'])).toBeNull();
  });

  it('cannot be told of a change, it is believed again only when it has been told', async () => {
    const { id, slug } = await newOrganization();
    await warm(() => findOrganization(models(), slug), id);
    gate.hang();
    await sql("update organization set name = 'New' where id = $1", [id], here.pool);
    expect(await findOrganization(models(), slug)).toMatchObject({ name: 'New' });
    // The other process hears of it from Postgres.
    await expect
      .poll(() => findOrganization(there.caches.models, slug))
      .toMatchObject({ name: 'New' });
    gate.open();
    await expect.poll(() => here.caches.shared.isUsable()).toBe(true);
    expect(await findOrganization(models(), slug)).toMatchObject({ name: 'New' });
  });

  it('has been emptied, it is filled again', async () => {
    await findOrganization(models(), 'acme');
    await redis.del(...(await redis.keys(`${space.replaceAll(/[{}]/g, '?')}*`)));
    const acme = organizationName(tenant.organizationId);
    expect(await warm(() => findOrganization(models(), 'acme'), acme)).not.toBeNull();
  });
});

it('a process that was deaf to changes reads nothing from before', async () => {
  const { id, slug } = await newOrganization();
  await warm(() => findOrganization(models(), slug), id);
  const closed = vi.spyOn(here.caches.shared, 'close');
  await sql(`select pg_terminate_backend(pid) from pg_stat_activity
              where application_name = 'slipway-changes' and datname = current_database()`);
  await expect.poll(() => closed.mock.calls.length).toBeGreaterThan(0);
  closed.mockRestore();
  await sql("update organization set name = 'New' where id = $1", [id]);
  expect(await findOrganization(models(), slug)).toMatchObject({ name: 'New' });
  await expect.poll(() => here.caches.shared.isUsable(), { timeout: 5_000 }).toBe(true);
  expect(await findOrganization(models(), slug)).toMatchObject({ name: 'New' });
});
