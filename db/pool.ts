import pg from 'pg';
import { z } from 'zod';

// int8 stays text (ids pass 2^53 in principle), timestamptz stays text in ISO form (Date drops microseconds).
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (value) => value);

export type PoolOptions = Readonly<{
  databaseUrl: string;
  /** Shown in pg_stat_activity: which process holds a lock. */
  applicationName: string;
  max: number;
  /** Below the start-to-close timeout of activities, so that a zombie attempt dies before its retry. */
  statementTimeoutMs: number;
  onError: (error: Error) => void;
  /**
   * Hears of the cached rows that statements of this pool have changed (db/cache/changeFeed.ts), before their promise
   * resolves: Postgres tells a connection its own changes ahead of saying that it is ready.
   */
  onChange?: (change: string) => void;
}>;

/** Anything that runs statements: a pool, or one connection inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

/** One connection inside a transaction. Statements that must not run outside of one ask for this type. */
export type Transaction = Queryable & { readonly inTransaction: true };

export type Pool = pg.Pool;

export function createPool(options: PoolOptions): Pool {
  const { onChange } = options;
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: options.applicationName,
    max: options.max,
    statement_timeout: options.statementTimeoutMs,
    // A transaction left open by a lost process would hold its release for ever.
    idle_in_transaction_session_timeout: options.statementTimeoutMs,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    types,
    options: '-c timezone=UTC -c datestyle=ISO,YMD',
    // The pool waits for what its types do not let a hook return.
    // eslint-disable-next-line @typescript-eslint/no-misused-promises
    ...(onChange && { onConnect: (client) => listenToOwnChanges(client, onChange) }),
  });
  // An idle connection that breaks (server restart) is replaced by the pool; unheard, the event would end the process.
  pool.on('error', options.onError);
  return pool;
}

async function listenToOwnChanges(
  client: pg.ClientBase,
  onChange: (change: string) => void,
): Promise<void> {
  const { processID } = client as unknown as Readonly<{ processID: number }>;
  client.on('notification', ({ processId, payload }) => {
    if (processId === processID) onChange(payload ?? '');
  });
  await client.query(`listen ${CHANGE_CHANNEL}`);
}

/** Where the triggers of migration 0014 tell which rows have changed, as `organization:123`. */
export const CHANGE_CHANNEL = 'slipway_change';

/**
 * Runs `work` in one transaction: commits its result, rolls back what it throws.
 * A connection that fails to roll back is thrown away instead of going back to the pool.
 */
export async function transaction<T>(
  pool: Pool,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener a connection lost between two statements ends the process.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client as unknown as Transaction);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((rollbackError: unknown) => {
      broken = rollbackError instanceof Error ? rollbackError : new Error('rollback failed');
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** A statement with its parameters; `name` prepares it once per connection. */
export type Statement = Readonly<{ name: string; text: string; values: readonly unknown[] }>;

/** How many rows came back is part of the contract of a statement; a wrong count is a bug and says which statement. */
export class RowCountError extends Error {
  override readonly name = 'RowCountError';
}

export async function many<T>(
  db: Queryable,
  row: z.ZodType<T>,
  statement: Statement,
): Promise<T[]> {
  const { rows } = await run(db, statement);
  return z.array(row).parse(rows);
}

export async function maybeOne<T>(
  db: Queryable,
  row: z.ZodType<T>,
  statement: Statement,
): Promise<T | null> {
  const { rows } = await run(db, statement);
  if (rows.length > 1)
    throw new RowCountError(`${statement.name}: expected at most one row, got ${rows.length}`);
  return rows.length === 0 ? null : row.parse(rows[0]);
}

export async function one<T>(db: Queryable, row: z.ZodType<T>, statement: Statement): Promise<T> {
  const result = await maybeOne(db, row, statement);
  if (result === null) throw new RowCountError(`${statement.name}: expected one row, got none`);
  return result;
}

/** Runs a statement for its effect and answers the number of rows it touched. */
export async function exec(db: Queryable, statement: Statement): Promise<number> {
  return (await run(db, statement)).rowCount ?? 0;
}

function run(db: Queryable, statement: Statement): Promise<pg.QueryResult> {
  return db.query({
    name: statement.name,
    // The slow-query log then names the function to look at.
    text: `/* ${statement.name} */ ${statement.text}`,
    values: [...statement.values],
  });
}
