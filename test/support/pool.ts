import { afterAll, beforeAll } from 'vitest';
import { createPool, type Pool } from '../../db/pool.ts';

/** A pool on the database of a test file, open while its tests run; a lost connection shows in the statement. */
export function testPool(databaseUrl: string): { pool: Pool } {
  const holder = {} as { pool: Pool };
  beforeAll(() => {
    holder.pool = createPool({
      databaseUrl,
      applicationName: 'test',
      max: 10,
      statementTimeoutMs: 10_000,
      onError: () => undefined,
    });
  });
  afterAll(() => holder.pool.end());
  return holder;
}
