import type { Client } from '@temporalio/client';
import type { Pool } from '../../db/pool.ts';
import { listFetchRepositories } from '../../db/sync/fetchState.ts';
import type { ScmRegistry } from '../../infra/scm/registry.ts';
import type { SecretBox } from '../../infra/secretBox.ts';
import type { FetchTimes } from '../../workflows/fetchStart.ts';
import type { FetchRangeActivities, FetchStateActivities } from './fetchActivities.ts';
import { failFetch } from './failFetch.ts';
import { fetchRange } from './fetchRange.ts';
import { resyncRepository, type ResyncActivities } from './resyncRepository.ts';
import { submitFetchedCommits } from './submitFetchedCommits.ts';

/** What the worker of the `scm` task queue can do. */
export function createFetchActivities(
  deps: Readonly<{
    pool: Pool;
    client: Client;
    scm: ScmRegistry;
    secrets: SecretBox;
    instanceHost: string;
    fetchTimes?: FetchTimes | undefined;
  }>,
): FetchStateActivities & FetchRangeActivities & ResyncActivities {
  return {
    listFetchRepositories: ({ releaseId, operationId }) =>
      listFetchRepositories(deps.pool, releaseId, operationId),
    fetchRange: (target) => fetchRange(deps, target),
    submitFetchedCommits: (input) => submitFetchedCommits(deps, input),
    failFetch: ({ reason, ...target }) => failFetch(deps.pool, target, reason),
    resyncRepository: (input) => resyncRepository(deps, input),
  };
}
