import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ScmContext } from '../provider.ts';

/** Six missed refreshes: a process that is this busy is taken for dead, and git's own locks keep the mirror whole. */
const STALE_MS = 30_000;
const REFRESH_MS = 5_000;
const POLL_MS = 100;

const queues = new Map<string, Promise<undefined>>();

/**
 * Runs `work` while nobody else writes to the mirror, in this process or in another one that shares the folder.
 * The lock saves work (two fetches would download the same); safety is up to git's own locks. So a lock that its
 * owner no longer refreshes may be taken over, although two waiters could in theory do so at once.
 */
export async function withMirrorLock<T>(
  mirror: string,
  context: ScmContext,
  work: () => Promise<T>,
): Promise<T> {
  const before = queues.get(mirror) ?? Promise.resolve(undefined);
  const { promise: turn, resolve: endTurn } = Promise.withResolvers<undefined>();
  // Whoever comes next waits for the one before too, even when this one gives up waiting.
  const queue = before.then(() => turn);
  queues.set(mirror, queue);
  try {
    await abortable(before, context);
    return await withLockFile(`${mirror}.lock`, context, work);
  } finally {
    endTurn(undefined);
    if (queues.get(mirror) === queue) queues.delete(mirror);
  }
}

async function withLockFile<T>(
  file: string,
  context: ScmContext,
  work: () => Promise<T>,
): Promise<T> {
  const owner = randomUUID();
  while (!(await tryCreate(file, owner))) {
    await removeStale(file);
    await delay(POLL_MS, undefined, { signal: context.signal });
    context.heartbeat();
  }
  const timer = setInterval(() => void touch(file), REFRESH_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if ((await readFile(file, 'utf8').catch(() => '')) === owner) await rm(file, { force: true });
  }
}

async function tryCreate(file: string, owner: string): Promise<boolean> {
  try {
    await writeFile(file, owner, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeStale(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null || Date.now() - found.mtimeMs < STALE_MS) return;
  const aside = `${file}.${randomUUID()}`;
  // Of several waiters only one gets the file out of the way.
  await rename(file, aside).then(
    () => rm(aside, { force: true }),
    () => undefined,
  );
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  // The next refresh, or the end of the work, copes with a lock that was taken over.
  await utimes(file, now, now).catch(() => undefined);
}

/** Waits for `promise` unless the caller no longer wants to; heartbeats go on meanwhile. */
async function abortable(
  promise: Promise<undefined>,
  { signal, heartbeat }: ScmContext,
): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setInterval(heartbeat, REFRESH_MS / 2);
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
