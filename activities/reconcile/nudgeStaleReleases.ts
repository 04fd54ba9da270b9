import type { Client } from '@temporalio/client';
import { listStaleReleases } from '../../db/operations.ts';
import type { Pool } from '../../db/pool.ts';
import { nudgeSignal } from '../../workflows/messages.ts';
import type { release } from '../../workflows/release.ts';
import { releaseStart } from '../../workflows/releaseStart.ts';

/** Twice a caller's patience and a retry: whatever is older has nobody left who drives it. */
const STALE_AFTER_SECONDS = 30;

/** Signals of one pass: a backlog after a long outage is worked off over a few minutes instead of at once. */
const RELEASES_PER_PASS = 500;

/** Signals need no live worker to be stored, and one that comes too often finds an empty mailbox. */
export async function nudgeStaleReleases(
  deps: Readonly<{ pool: Pool; client: Client }>,
): Promise<{ nudged: number }> {
  const stale = await listStaleReleases(deps.pool, STALE_AFTER_SECONDS, RELEASES_PER_PASS);
  for (const { release: key, organizationSlug } of stale) {
    await deps.client.workflow.signalWithStart<typeof release>('release', {
      ...releaseStart(key, organizationSlug),
      signal: nudgeSignal,
    });
  }
  return { nudged: stale.length };
}
