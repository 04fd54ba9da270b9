import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from './support/database.ts';

// Versions replace each other while events come in: what runs during a migration is the code of before.
const database = cloneDatabase();
const clients: pg.Client[] = [];

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  clients.push(client);
  return client;
}

let batch: pg.Client;
let migration: pg.Client;

beforeAll(async () => {
  [batch, migration] = [await connect(), await connect()];
});

afterAll(() => Promise.all(clients.map((client) => client.end())));

test('0021 waits for a batch that has found its issues, which goes on to store its events', async () => {
  const file = '../db/migrations/0021_events_of_deleted_groups.sql';
  const sql = await readFile(new URL(file, import.meta.url), 'utf8');
  await migration.query(
    `drop trigger group_events on group_;
     drop function delete_group_events();
     alter table event add constraint event_group_id_fkey foreign key (group_id) references group_ (id) on delete cascade`,
  );
  await batch.query('begin');
  await batch.query('select from group_');
  const migrated = migration.query(`begin; ${sql}; commit`);
  await expect
    .poll(async () => {
      const { rows } = await batch.query(
        `select count(*)::int from pg_locks join pg_database on pg_database.oid = database
          where datname = current_database() and not granted`,
      );
      return rows[0].count;
    })
    .toBe(1);
  await batch.query(
    `insert into event (project_id, event_id, group_id, timestamp, data)
     select 1, gen_random_uuid(), id, now(), '{}' from group_`,
  );
  await batch.query('commit');
  await expect(migrated).resolves.toBeDefined();
});
