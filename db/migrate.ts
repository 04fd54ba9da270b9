import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** One key for every Slipway process on a database: migrations of several starters take turns. */
const LOCK_KEY = 7_150_214;

/** EX_SOFTWARE: this code is older than its database; start the newer version instead. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError';
}

/**
 * Brings the database to the newest schema; safe to run from many processes at once.
 * Forward only: each file runs once, in one transaction with its row in `migration`.
 * @returns the names of the files that ran.
 * @throws DatabaseTooNewError when the database knows a migration that this code does not.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'slipway-migrate',
  });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    await client.query(
      `create table if not exists migration (
         name text constraint migration_pkey primary key,
         date_applied timestamptz not null default now()
       )`,
    );
    const { rows } = await client.query<{ name: string }>('select name from migration');
    const applied = new Set(rows.map((row) => row.name));
    const unknown = [...applied].filter((name) => !files.includes(name));
    if (unknown.length > 0) {
      throw new DatabaseTooNewError(
        `The database has migrations that this version does not know (${unknown.join(', ')}). Start the newer version, or restore a backup.`,
      );
    }
    const pending = files.filter((name) => !applied.has(name));
    for (const name of pending) {
      await client.query('begin');
      await client.query('insert into migration (name) values ($1)', [name]);
      await client.query(await readFile(new URL(name, MIGRATIONS), 'utf8'));
      await client.query('commit');
    }
    return pending;
  } finally {
    await client.end();
  }
}
