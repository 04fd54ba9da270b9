import pg from 'pg';
import { expect, test } from 'vitest';
import { cloneDatabase } from './support/database.ts';
import { testServers } from './support/servers.ts';

const database = cloneDatabase();

test('a test file gets a migrated database of its own', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query('select name from migration order by name');
  await client.end();
  expect(rows.length).toBeGreaterThan(0);
  expect(testServers().redisUrl).toMatch(/^redis:/);
});
