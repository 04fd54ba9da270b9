import type { Client } from '@temporalio/client';
import { listStaleReleases } from '../../db/operations/listStaleReleases.ts';
import type { Pool } from '../../db/pool.ts';
import type { Logger } from '../../infra/logger.ts';
import { nudgeSignal } from '../../workflows/messages.ts';
import type { release } from '../../workflows/release.ts';
import { releaseStart } from '../../workflows/releaseStart.ts';

/** Twice a caller's patience and a retry: whatever is older has nobody left who drives it. */
const STALE_AFTER_SECONDS = 30;

/** Signals of one pass: a backlog after a long outage is worked off over a few minutes instead of at once. */
const RELEASES_PER_PASS = 500;

/** Signals in flight: enough for a pass to end within seconds, few beside the commands of callers. */
const SIGNALS_AT_ONCE = 8;

type Dependencies = Readonly<{ pool: Pool; client: Client; logger: Logger }>;
type StaleRelease = Awaited<ReturnType<typeof listStaleReleases>>[number];

/**
 * Signals need no live worker to be stored, and one that comes too often finds an empty mailbox. A release whose
 * signal is refused is left for the next pass and does not keep the others from theirs.
 */
export async function nudgeStaleReleases(deps: Dependencies): Promise<{ nudged: number }> {
  const stale = await listStaleReleases(deps.pool, STALE_AFTER_SECONDS, RELEASES_PER_PASS);
  let nudged = 0;
  for (let from = 0; from < stale.length; from += SIGNALS_AT_ONCE) {
    const batch = stale.slice(from, from + SIGNALS_AT_ONCE);
    const results = await Promise.all(batch.map((release) => nudge(deps, release)));
    nudged += results.filter(Boolean).length;
  }
  return { nudged };
}

async function nudge(deps: Dependencies, stale: StaleRelease): Promise<boolean> {
  try {
    await deps.client.workflow.signalWithStart<typeof release>('release', {
      ...releaseStart(stale.release, stale.organizationSlug),
      signal: nudgeSignal,
    });
    return true;
  } catch (error) {
    deps.logger.warn({ err: error, ...stale }, 'A waiting release could not be woken');
    return false;
  }
}
