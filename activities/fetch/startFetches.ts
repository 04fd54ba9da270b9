import type { Client } from '@temporalio/client';
import { directModels } from '../../db/cache/directModels.ts';
import { findOrganization } from '../../db/models/organization.ts';
import type { Pool } from '../../db/pool.ts';
import { listWantedFetches } from '../../db/sync/fetchState.ts';
import type { ReleaseKey } from '../../domain/operation.ts';
import type { fetchCommits } from '../../workflows/fetchCommits.ts';
import { fetchStart, type FetchTimes } from '../../workflows/fetchStart.ts';

/**
 * Starts the fetches that a release wants. Reads what is wanted from the database and not from the step that wished it,
 * so that an attempt which died right after its commit loses nothing; starting twice is starting once.
 */
export async function startFetches(
  deps: Readonly<{ pool: Pool; client: Client; fetchTimes?: FetchTimes | undefined }>,
  release: ReleaseKey,
): Promise<void> {
  const wanted = await listWantedFetches(deps.pool, release);
  if (wanted.length === 0) return;
  const organization = await findOrganization(directModels(deps.pool), release.organizationId);
  const organizationSlug = organization?.slug ?? release.organizationId;
  for (const fetch of wanted) {
    await deps.client.workflow.start<typeof fetchCommits>(
      'fetchCommits',
      fetchStart({ ...fetch, release, organizationSlug }, deps.fetchTimes),
    );
  }
}
