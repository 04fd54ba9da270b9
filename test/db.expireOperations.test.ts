import { beforeAll, beforeEach, expect, test } from 'vitest';
import { expireOperations } from '../db/expireOperations.ts';
import { retryOperation } from '../db/operationAdmin.ts';
import { createOrganization } from '../db/organizations.ts';
import { transaction } from '../db/pool.ts';
import { readConfig } from '../infra/config.ts';
import { uuidV7 } from '../infra/uuidV7.ts';
import { cloneDatabase } from './support/database.ts';
import { testPool } from './support/pool.ts';

/** What becomes of operations that have finished: kept for as long as the operator says, then gone, a chunk at a time. */
const database = cloneDatabase();
const db = testPool(database.url);
const DAY_MS = 86_400_000;
let organizationId: string;

beforeAll(async () => {
  organizationId = (await createOrganization(db.pool, { slug: 'acme', name: 'Acme' }))!.id;
});

beforeEach(() => db.pool.query('delete from operation'));

type Given = Readonly<{
  madeDaysAgo: number;
  finishedDaysAgo?: number;
  status?: 'pending' | 'done' | 'failed';
  bodyBytes?: number;
}>;

async function add(given: Given): Promise<string> {
  const { madeDaysAgo, finishedDaysAgo = madeDaysAgo, status = 'done', bodyBytes = 0 } = given;
  const id = uuidV7(Date.now() - madeDaysAgo * DAY_MS);
  await db.pool.query(
    `insert into operation (id, organization_id, release_version, kind, steps, next_step, body, body_hash, actor, status,
                            created_at, finished_at)
     values ($1, $2, '1.0', 'release.update', '{updateRelease}', 1, to_json(repeat('x', $3)), '', '{}', $4,
             now() - make_interval(days => $5),
             case when $4 <> 'pending' then now() - make_interval(days => $6) end)`,
    [id, organizationId, bodyBytes, status, madeDaysAgo, finishedDaysAgo],
  );
  return id;
}

const expire = (cursor: string | null = null) =>
  transaction(db.pool, (tx) => expireOperations(tx, cursor, 30));

async function pass(): Promise<number[]> {
  const chunks: number[] = [];
  let cursor: string | null = null;
  do {
    const chunk = await expire(cursor);
    if (chunk.cursor !== null) chunks.push(chunk.rows);
    ({ cursor } = chunk);
  } while (cursor !== null);
  return chunks;
}

const left = async (): Promise<string[]> =>
  (await db.pool.query('select id from operation order by id')).rows.map(({ id }) => id);

test.each<[string, Given]>([
  ['was done long ago', { madeDaysAgo: 31 }],
  ['failed long ago', { madeDaysAgo: 31, status: 'failed' }],
])('an operation that %s goes', async (_, given) => {
  await add(given);
  await pass();
  expect(await left()).toEqual([]);
});

test.each<[string, Given]>([
  ['was done not so long ago', { madeDaysAgo: 29 }],
  ['failed not so long ago', { madeDaysAgo: 29, status: 'failed' }],
  ['has waited for a year', { madeDaysAgo: 365, status: 'pending' }],
  ['waited for a year and is done now', { madeDaysAgo: 365, finishedDaysAgo: 1 }],
])('an operation that %s stays', async (_, given) => {
  const id = await add(given);
  await pass();
  expect(await left()).toEqual([id]);
});

test('what waits does not stand in the way of what has finished', async () => {
  const waiting = await add({ madeDaysAgo: 90, status: 'pending' });
  await add({ madeDaysAgo: 60 });
  expect(await pass()).toEqual([1]);
  expect(await left()).toEqual([waiting]);
});

test('thousands of small ones go a thousand at a time', async () => {
  await db.pool.query(
    `insert into operation (id, organization_id, release_version, kind, steps, body, body_hash, actor, status, finished_at)
     select ('0180' || lpad(to_hex(n), 28, '0'))::uuid, $1, '1.0', 'release.update', '{}', '{}', '', '{}', 'done',
            now() - interval '40 days'
       from generate_series(1, 2500) n`,
    [organizationId],
  );
  expect(await pass()).toEqual([1_000, 1_000, 500]);
  expect(await left()).toEqual([]);
});

test('large ones go few at a time, so that no transaction is long', async () => {
  for (let n = 0; n < 4; n += 1) await add({ madeDaysAgo: 50 - n, bodyBytes: 24 * 1024 * 1024 });
  expect(await pass()).toEqual([3, 1]);
});

test('one that is given another turn meanwhile waits, and is not deleted', async () => {
  const id = await add({ madeDaysAgo: 40, status: 'failed' });
  let expired: Promise<unknown> = Promise.resolve();
  await transaction(db.pool, async (tx) => {
    await retryOperation(tx, id);
    expired = expire();
    await blocked();
  });
  await expired;
  const { rows } = await db.pool.query('select id, status from operation');
  expect(rows).toEqual([{ id, status: 'pending' }]);
});

/** Resolves when some statement of this database waits for a lock. */
async function blocked(): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (Date.now() < deadline) {
    const { rows } = await db.pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
  }
  throw new Error('Nothing waits for a lock.');
}

test('looks at nothing that is younger', async () => {
  await db.pool.query(
    `insert into operation (id, organization_id, release_version, kind, steps, body, body_hash, actor, status, finished_at)
     select ('fffe' || lpad(to_hex(n), 28, '0'))::uuid, $1, '1.0', 'release.update', '{}', '{}', '', '{}', 'done', now()
       from generate_series(1, 20000) n`,
    [organizationId],
  );
  await db.pool.query('analyze operation');
  let plan = '';
  const explaining = {
    query: async (statement: { text: string; values: unknown[] }) => {
      const { rows } = await db.pool.query(
        `explain (analyze, format json) ${statement.text}`,
        statement.values,
      );
      plan = JSON.stringify(rows);
      return { rows: [{ rows: 0, cursor: null }] };
    },
  };
  await expireOperations(explaining as never, null, 30);
  expect(plan).toContain('operation_pkey');
  expect(plan).not.toContain('Seq Scan');
  expect(plan).not.toMatch(/"Rows Removed by Filter":[1-9]/);
});

const given = { DATABASE_URL: 'postgres://db/slipway', REDIS_URL: 'redis://cache' };

test('they are kept for thirty days unless the operator says otherwise', () => {
  const days = (value?: string) =>
    readConfig({ ...given, SLIPWAY_OPERATION_RETENTION_DAYS: value }).operationRetentionDays;
  expect([days(), days('7'), days('365')]).toEqual([30, 7, 365]);
});

test('and never for less than idempotency keys are remembered', () => {
  expect(() => readConfig({ ...given, SLIPWAY_OPERATION_RETENTION_DAYS: '6' })).toThrow(
    /SLIPWAY_OPERATION_RETENTION_DAYS/,
  );
});
