import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { EventQueue } from '../api/ingest/eventQueue.ts';
import { countPending } from '../db/events/countPending.ts';
import type { NewEvent } from '../db/events/newEvent.ts';
import { PlaceCache } from '../db/events/placeCache.ts';
import { storeEvents } from '../db/events/storeEvents.ts';
import { anyGroup } from '../db/groups/anyGroup.ts';
import { listGroups } from '../db/groups/readGroups.ts';
import { createPool, type Pool } from '../db/pool.ts';
import { normalizeEvent } from '../domain/ingest/normalizeEvent.ts';
import { cloneDatabase } from './support/database.ts';
import { logStatements } from './support/statementLog.ts';
import { createTenant, type Tenant } from './support/tenant.ts';

/** Batches of events as several processes write them: nothing lost, nothing twice, bounded, and cheap. */
const database = cloneDatabase();
const publicKey = randomBytes(16).toString('hex');
let tenant: Tenant;
const pools: Pool[] = [];

function openPool(): Pool {
  const pool = createPool({
    databaseUrl: database.url,
    applicationName: 'queue-test',
    max: 2,
    statementTimeoutMs: 10_000,
    onError: () => undefined,
  });
  pools.push(pool);
  return pool;
}

beforeAll(async () => {
  const pool = openPool();
  tenant = await createTenant(pool);
  await pool.query('insert into project_key (project_id, public_key) values ($1, $2)', [
    tenant.web.id,
    publicKey,
  ]);
  return async () => {
    await Promise.all(pools.map((pool) => pool.end()));
  };
});

const listener = { onStored: () => undefined, onTold: () => undefined };

function event(message: string, overrides: Partial<NewEvent> = {}, raw: object = {}): NewEvent {
  const eventId = randomUUID().replaceAll('-', '');
  const normalized = normalizeEvent({ message, ...raw }, eventId, new Date());
  const hash = Buffer.from(message.padEnd(16).slice(0, 16)).toString('hex');
  return {
    publicKey,
    organizationId: tenant.organizationId,
    projectId: tenant.web.id,
    hash,
    event: normalized,
    ...overrides,
  };
}

test('four processes with the same new issues, releases and environments, in any order', async () => {
  const names = Array.from({ length: 30 }, (_, i) => `race ${i}`);
  const shuffled = (): string[] =>
    names
      .map((name) => [Math.random(), name] as const)
      .sort()
      .map(([, name]) => name);
  const queues = Array.from({ length: 4 }, () => new EventQueue(openPool(), listener));
  const all = queues.flatMap((queue) =>
    Array.from({ length: 5 }, shuffled).flatMap((round, i) =>
      round.map((name) =>
        queue.store(event(name, {}, { release: `r${i}`, environment: `env${i}` }), 100),
      ),
    ),
  );
  await Promise.all(all);
  await countPending(pools[0]!);
  const { rows } = await pools[0]!.query(
    "select short_id::int, times_seen::int from group_ where title like 'race %' order by short_id",
  );
  expect(rows.map((row) => row.short_id)).toEqual(names.map((_, i) => i + 1));
  expect(rows.every((row) => row.times_seen === 20)).toBe(true);
});

describe('a queue', () => {
  test('that is full refuses at once, and says when to try again', async () => {
    const queue = new EventQueue(openPool(), listener);
    const waiting = Array.from({ length: 5_000 }, () => queue.store(event('full'), 1));
    await expect(queue.store(event('full'), 1)).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 1_000,
    });
    await Promise.all(waiting);
    await expect(queue.store(event('full'), 65 * 1024 * 1024)).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(queue.store(event('full'), 1)).resolves.toBeNull();
  });

  test('loses one event to what is wrong with it, never the others of its batch', async () => {
    const queue = new EventQueue(openPool(), listener);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        queue.store(event('batch', i === 13 ? { hash: 'no hex' } : {}), 100),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i === 13 ? 'rejected' : 'fulfilled')),
    );
    await countPending(pools[0]!);
    const { rows } = await pools[0]!.query(
      "select times_seen::int from group_ where title = 'batch'",
    );
    expect(rows).toEqual([{ times_seen: 19 }]);
  });

  test('tells of events that are stored, also when the others of their batch fail', async () => {
    const pool = openPool();
    let isDown = false;
    let told = 0;
    const flaky = {
      query: (statement: never) => pool.query(statement),
      connect: () => (isDown ? Promise.reject(new Error('Connection terminated')) : pool.connect()),
    };
    const queue = new EventQueue(flaky as unknown as Pool, {
      ...listener,
      onStored: () => (told += 1),
    });
    await queue.store(event('half'), 1);
    await queue.store(event('half'), 1);
    isDown = true;
    told = 0;
    const results = await Promise.allSettled([
      queue.store(event('half'), 1),
      queue.store(event('other half'), 1),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const { rows } = await pool.query(
      "select count(*)::int from event join group_ on group_.id = group_id where title = 'half'",
    );
    expect({ stored: rows[0].count, told }).toEqual({ stored: 3, told: 1 });
  });

  describe('takes the place of an event for known for seconds, but', () => {
    const phoenix = (title: string): NewEvent => event(title, {}, { release: `${title}@1` });

    test('makes a release again that was deleted meanwhile', async () => {
      const [pool, places] = [openPool(), new PlaceCache()];
      // The first one without, because a release with new issues cannot be deleted.
      await storeEvents(pool, [event('phoenix')], places);
      await storeEvents(pool, [phoenix('phoenix')], places);
      await storeEvents(pool, [phoenix('phoenix')], places);
      await pool.query("delete from release where version = 'phoenix@1'");
      await storeEvents(pool, [phoenix('phoenix')], places);
      const { rows } = await pool.query(
        `select count(*)::int from release join release_project on release_id = release.id
          where version = 'phoenix@1'`,
      );
      expect(rows).toEqual([{ count: 1 }]);
    });

    test('makes an issue again that was deleted meanwhile', async () => {
      const [pool, places] = [openPool(), new PlaceCache()];
      await storeEvents(pool, [phoenix('ashes')], places);
      await storeEvents(pool, [phoenix('ashes')], places);
      await pool.query("delete from group_ where title = 'ashes'");
      await storeEvents(pool, [phoenix('ashes')], places);
      const { rows } = await pool.query("select times_seen::int from group_ where title = 'ashes'");
      expect(rows).toEqual([{ times_seen: 1 }]);
    });

    test('reopens an issue that was resolved meanwhile', async () => {
      const [pool, places] = [openPool(), new PlaceCache()];
      await storeEvents(pool, [phoenix('embers')], places);
      await storeEvents(pool, [phoenix('embers')], places);
      await pool.query(
        `update group_ set status = 'resolved', substatus = null, resolved_at = now() - interval '1 day', active_at = now() - interval '2 days'
          where title = 'embers'`,
      );
      await storeEvents(pool, [phoenix('embers')], places);
      const { rows } = await pool.query(
        "select status, substatus, times_seen::int from group_ where title = 'embers'",
      );
      expect(rows).toEqual([{ status: 'unresolved', substatus: 'regressed', times_seen: 3 }]);
    });

    test('refuses the events of a key that was disabled meanwhile, and of no other', async () => {
      const [pool, places] = [openPool(), new PlaceCache()];
      const other = randomBytes(16).toString('hex');
      await pool.query('insert into project_key (project_id, public_key) values ($1, $2)', [
        tenant.web.id,
        other,
      ]);
      const batch = (): NewEvent[] => [
        event('soot'),
        event('soot', { publicKey: other }),
        event('never seen', { publicKey: other }),
      ];
      const nobody = { told: [], refusedKeys: new Set() };
      await expect(storeEvents(pool, batch().slice(0, 2), places)).resolves.toEqual(nobody);
      await expect(storeEvents(pool, batch().slice(0, 2), places)).resolves.toEqual(nobody);
      await pool.query('update project_key set is_active = false where public_key = $1', [other]);
      const refused = { told: [], refusedKeys: new Set([other]) };
      await expect(storeEvents(pool, batch(), places)).resolves.toEqual(refused);
      const { rows } = await pool.query(
        "select title, times_seen::int from group_ where title in ('soot', 'never seen')",
      );
      expect(rows).toEqual([{ title: 'soot', times_seen: 5 }]);
    });

    test('needs one statement for a batch in which nothing is new', async () => {
      const [pool, places] = [openPool(), new PlaceCache()];
      const batch = (): NewEvent[] => ['one', 'two', 'two'].map(phoenix);
      await storeEvents(pool, batch(), places);
      await storeEvents(pool, batch(), places);
      const log = logStatements();
      await storeEvents(pool, batch(), places);
      expect(log.take()).toEqual(['recordEvents']);
    });
  });
});

test('the first page of an organization with many issues touches few rows', async () => {
  const pool = openPool();
  await pool.query(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at)
     select case when n % 2 = 0 then $1::bigint else $2::bigint end, 10000 + n, 'seeded', now(),
            now() - n * interval '1 second', now()
       from generate_series(1, 20000) n`,
    [tenant.web.id, tenant.api.id],
  );
  await pool.query('analyze group_');
  const filter = { ...anyGroup([tenant.web.id, tenant.api.id]), statuses: ['unresolved'] };
  for (const sort of ['date', 'new', 'freq'] as const) {
    let plan = '';
    const explaining = {
      query: async (statement: { text: string; values: unknown[] }) => {
        const { rows } = await pool.query(
          `explain (analyze, format json) ${statement.text}`,
          statement.values,
        );
        plan = JSON.stringify(rows);
        return { rows: [] };
      },
    };
    await listGroups(explaining as never, filter, sort, { offset: 0, limit: 26 });
    const touched = [...plan.matchAll(/"Relation Name":"group_"[^}]*?"Actual Rows":(\d+)/g)].map(
      ([, rows]) => Number(rows),
    );
    expect(touched.length).toBeGreaterThan(0);
    expect(Math.max(...touched), sort).toBeLessThan(100);
    expect(plan).toContain(
      `group_project_id_${{ date: 'last_seen', new: 'first_seen', freq: 'times_seen' }[sort]}_index`,
    );
  }
});
