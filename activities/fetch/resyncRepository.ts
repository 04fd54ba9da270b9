import type { Client } from '@temporalio/client';
import type { Pool } from '../../db/pool.ts';
import { listStaleFetches, reopenFetch } from '../../db/sync/fetchState.ts';
import type { fetchCommits } from '../../workflows/fetchCommits.ts';
import { fetchStart, type FetchTimes } from '../../workflows/fetchStart.ts';

export type ResyncActivities = {
  /** Takes up failed, partial and forgotten fetches of a repository again. */
  resyncRepository(
    input: Readonly<{ repositoryId: string }>,
  ): Promise<Readonly<{ restarted: number }>>;
};

/** Longer than a fetch may pause by itself, so that nobody's running fetch is touched. */
const FORGOTTEN_AFTER_SECONDS = 2 * 3_600;
/** Older releases are history: their fetch is a matter for an operator. */
const MAX_AGE_DAYS = 30;
/** One pass must not flood the host; the next one goes on. */
const PER_PASS = 20;

export async function resyncRepository(
  deps: Readonly<{ pool: Pool; client: Client; fetchTimes?: FetchTimes | undefined }>,
  { repositoryId }: Readonly<{ repositoryId: string }>,
): Promise<Readonly<{ restarted: number }>> {
  const stale = await listStaleFetches(deps.pool, repositoryId, {
    idleSeconds: FORGOTTEN_AFTER_SECONDS,
    maxAgeDays: MAX_AGE_DAYS,
    limit: PER_PASS,
  });
  for (const fetch of stale) {
    await reopenFetch(deps.pool, fetch.releaseId, repositoryId, { isGivenUpKept: true });
    await deps.client.workflow.start<typeof fetchCommits>(
      'fetchCommits',
      fetchStart(fetch, deps.fetchTimes),
    );
  }
  return { restarted: stale.length };
}
