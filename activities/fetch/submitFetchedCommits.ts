import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { insertOperations } from '../../db/operations/insertOperations.ts';
import { transaction, type Pool } from '../../db/pool.ts';
import { findFetchedRanges, settleFetches } from '../../db/sync/commitRanges.ts';
import type { ReleaseKey } from '../../domain/operation.ts';
import { uuidV7 } from '../../infra/uuidV7.ts';
import { nudgeSignal } from '../../workflows/messages.ts';
import type { release } from '../../workflows/release.ts';
import { releaseStart } from '../../workflows/releaseStart.ts';

/** A fetch is never refused for a full mailbox: it would only come again. */
const PENDING_MAX = 100_000;

/**
 * Hands what has been fetched for a release, of all of its repositories, to its actor. The key makes a repeat of this
 * activity the same operation.
 */
export async function submitFetchedCommits(
  deps: Readonly<{ pool: Pool; client: Client }>,
  input: Readonly<{
    release: ReleaseKey;
    organizationSlug: string;
    releaseId: string;
    runId: string;
  }>,
): Promise<Readonly<{ submitted: boolean }>> {
  const { rangeIds, commits } = await findFetchedRanges(deps.pool, input.releaseId);
  // Nothing new leaves the commits that the release has (releases-api 6).
  if (commits === 0) {
    await transaction(deps.pool, (tx) => settleFetches(tx, input.releaseId, rangeIds));
    return { submitted: false };
  }
  const idempotencyKey = `fetch:${input.runId}:${rangeIds.join('+')}`;
  await insertOperations(
    deps.pool,
    [
      {
        id: uuidV7(),
        release: input.release,
        kind: 'release.fetched',
        steps: ['setCommits'],
        size: 0,
        body: { setFetchedCommits: { rangeIds } },
        bodyHash: createHash('sha256').update(idempotencyKey).digest(),
        idempotencyKey,
        actor: { kind: 'system', userId: null, tokenId: null },
      },
    ],
    PENDING_MAX,
  );
  await deps.client.workflow.signalWithStart<typeof release>('release', {
    ...releaseStart(input.release, input.organizationSlug),
    signal: nudgeSignal,
  });
  return { submitted: true };
}
