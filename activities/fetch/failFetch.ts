import type { Pool } from '../../db/pool.ts';
import { updateSync } from '../../db/sync/fetchState.ts';
import { msToNextResync } from '../../workflows/resyncSchedule.ts';
import type { FetchTarget } from './fetchActivities.ts';

/**
 * Ends a fetch with its reason. The next pass of the repository's re-sync takes it up again, also when somebody has to
 * act first: whoever gives the repository a new token need not know which releases wait for it.
 */
export function failFetch(pool: Pool, target: FetchTarget, reason: string): Promise<void> {
  return updateSync(pool, target, {
    state: 'failed',
    lastError: reason,
    nextTryInMs: msToNextResync(Date.now()),
  });
}

/** The same for a repository that has no re-sync: nothing can be fetched from it as it is. */
export function failForGood(pool: Pool, target: FetchTarget, reason: string): Promise<void> {
  return updateSync(pool, target, { state: 'failed', lastError: reason, nextTryInMs: null });
}
