import { fetchBaseEnvironment } from '../../domain/fetchOptions.ts';
import type { Pool } from '../../db/pool.ts';
import type { BaseSource, FetchJob } from '../../db/sync/fetchState.ts';
import { findEnvironmentHead, findPreviousHead } from '../../db/sync/rangeBase.ts';
import type { FetchTarget } from './fetchActivities.ts';

/**
 * Where a range starts and who says so: what an earlier attempt chose, else what the client named, else, where the
 * organization wants it so, what ran in an environment before, else the head of the release before (releases-api 6.3).
 * Null asks for the recent commits.
 */
export async function chooseBase(
  pool: Pool,
  { releaseId, repositoryId }: FetchTarget,
  job: FetchJob,
): Promise<Readonly<{ wanted: string | null; source: BaseSource }>> {
  const known = job.previousHead;
  if (job.baseSource !== null) return { wanted: known, source: job.baseSource };
  if (known !== null && known !== '') return { wanted: known, source: 'client' };
  const environment = fetchBaseEnvironment(job.fetchBase);
  const deployed =
    environment === null
      ? null
      : await findEnvironmentHead(pool, releaseId, repositoryId, environment);
  if (deployed !== null) return { wanted: deployed, source: 'environment' };
  const wanted = await findPreviousHead(pool, releaseId, repositoryId);
  return { wanted, source: wanted === null ? 'none' : 'previous_release' };
}
