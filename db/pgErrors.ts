/**
 * What a failure of the database means for whoever asked.
 * - `connection`: the server was not reached or went away; nothing is known about the statement.
 * - `transient`: the server refused for now (serialisation, deadlock, too many connections, timeout, a migration).
 * - `permanent`: the statement is wrong for this data; the same again fails the same way.
 */
export type DatabaseFailure = 'connection' | 'transient' | 'permanent';

/** SQLSTATE classes and codes worth another attempt; everything else that Postgres names is permanent. */
const failureByState: readonly (readonly [prefix: string, failure: DatabaseFailure])[] = [
  ['08', 'connection'], // connection exceptions
  ['57P0', 'connection'], // shutdown, crash, cannot connect now, idle session timeout
  ['25P03', 'connection'], // our idle transaction was ended
  ['25006', 'connection'], // read-only: a standby that is not the primary any more
  ['40001', 'transient'], // serialisation failure
  ['40P01', 'transient'], // deadlock
  ['53', 'transient'], // out of memory, disk or connections
  ['55P03', 'transient'], // lock not available
  ['57014', 'transient'], // statement timeout
  ['42', 'transient'], // the schema does not fit this code: one of them is about to be deployed
  ['0A000', 'transient'], // a cached plan from before a migration
];

/** Null for errors that did not come from the database or its connection. */
export function classifyDatabaseError(error: unknown): DatabaseFailure | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  // Before the states: EPIPE has five characters too, and no state begins with E.
  if (code !== null && /^E[A-Z]+$|^EAI_|^ERR_(SOCKET|STREAM|SSL|TLS)_/.test(code)) {
    return 'connection';
  }
  if (code !== null && /^[0-9A-Z]{5}$/.test(code)) {
    return failureByState.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'permanent';
  }
  // node-postgres has no codes for these.
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|Cannot use a pool after calling end)/.test(
    error.message,
  )
    ? 'connection'
    : null;
}

/** The database cannot be used for now; the same request may succeed later. */
export function isDatabaseOutage(error: unknown): boolean {
  const failure = classifyDatabaseError(error);
  return failure === 'connection' || failure === 'transient';
}

/** Name of the violated constraint, by which errors are mapped; null for any other error. */
export function violatedConstraint(error: unknown): string | null {
  return error instanceof Error && 'constraint' in error && typeof error.constraint === 'string'
    ? error.constraint
    : null;
}
