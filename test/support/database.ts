import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';

/**
 * A migrated database of its own for the test file (or describe block) that calls this at its top level: made before
 * its tests, dropped after them. It stays when one of them failed, for a look at it in watch mode or with
 * SLIPWAY_TEST_KEEP=1.
 */
export function cloneDatabase(): Readonly<{ url: string }> {
  const adminUrl = inject('adminDatabaseUrl');
  const template = inject('templateDatabase');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;

  // Names are ours alone and need no quoting.
  beforeAll(() => runAsAdmin(adminUrl, `create database ${name} template ${template}`));

  let hasFailed = false;
  afterEach(({ task }) => {
    hasFailed ||= task.result?.state === 'fail';
  });

  afterAll(async () => {
    if (hasFailed) {
      console.warn(`Kept for a look: ${url.href}`);
      return;
    }
    // A pool that a test left open must not keep the database alive.
    await runAsAdmin(adminUrl, `drop database ${name} with (force)`);
  });
  return { url: url.href };
}

async function runAsAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
