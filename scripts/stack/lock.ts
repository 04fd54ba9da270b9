import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export type Lock = Readonly<{ release: () => void }>;

/** Somebody else holds the lock. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
  /** Null in the instant in which the other one has the lock and has not said who it is. */
  readonly pid: number | null;

  constructor(pid: number | null) {
    super(`Slipway runs already with this state folder (pid ${pid ?? 'unknown'}).`);
    this.pid = pid;
  }
}

/**
 * One supervisor per state folder. The lock is the operating system's lock on an SQLite file, the one portable file
 * lock that Node reaches: it ends with its process however that ends, so there is no stale lock to judge.
 * @throws LockedError
 */
export function acquireLock(file: string): Lock {
  const database = new DatabaseSync(file);
  try {
    database.exec('pragma busy_timeout = 0; begin exclusive');
  } catch {
    database.close();
    throw new LockedError(readPid(file));
  }
  const pidFile = `${file}.pid`;
  writeFileSync(pidFile, `${process.pid}\n`);
  return {
    release: () => {
      rmSync(pidFile, { force: true });
      database.close();
    },
  };
}

function readPid(file: string): number | null {
  try {
    return Number(readFileSync(`${file}.pid`, 'utf8')) || null;
  } catch {
    return null;
  }
}
