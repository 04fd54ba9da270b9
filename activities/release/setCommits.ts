import { Context } from '@temporalio/activity';
import { z } from 'zod';
import { normaliseCommits } from '../../domain/commitList.ts';
import {
  holdOperation,
  listOperationBodies,
  type ClaimedOperation,
} from '../../db/operations/claimOperations.ts';
import { transaction, type Pool, type Transaction } from '../../db/pool.ts';
import { listRangeCommits, settleFetches } from '../../db/sync/commitRanges.ts';
import type { ReferenceScope } from '../../db/groups/linkCommitReferences.ts';
import { resolveReleaseGroups } from '../../db/groups/resolveReleaseGroups.ts';
import { linkCommits } from '../../db/releases/linkCommits.ts';
import { lockRelease } from '../../db/releases/lockRelease.ts';
import { announceDeploys } from '../../db/releases/recordDeploys.ts';
import { storeCommits } from '../../db/releases/storeCommits.ts';
import { sliceCommits } from '../../domain/sliceCommits.ts';
import type { AnnounceResolved } from '../outbox/outboxRelay.ts';
import type { StepApplier, StepOutcome } from './applyRun.ts';
import { commandOf, releaseGone, succeeded } from './outcomes.ts';
import type { RunInput } from './releaseActivities.ts';

/** A chunk is one short transaction, well under the heartbeat timeout. */
const CHUNK_SIZE = 1_000;

/** Where a chunked attempt stands: commits of which operation are stored up to where. */
const cursorSchema = z.object({ operationId: z.string(), stored: z.number() });
type Cursor = z.output<typeof cursorSchema>;

/**
 * Replaces the commit lists of the release, one operation after the other: each list counts, because each may
 * resolve issues, though only the last one stays (releases-api 4).
 */
export function setCommits(instanceHost: string, announce: AnnounceResolved): StepApplier {
  return async (tx, { organizationId, version }, operations) => {
    const release = await lockRelease(tx, { organizationId, version });
    if (release === null) return operations.map(releaseGone);
    const outcomes: StepOutcome[] = [];
    for (const operation of operations) {
      const fetched = operation.body.setFetchedCommits;
      if (fetched === undefined) {
        await setSentCommits(tx, { organizationId, instanceHost }, release.id, operation);
      } else {
        await setFetchedCommits(tx, release.id, fetched.rangeIds);
      }
      // In the same transaction: nobody sees a release with the fix and its issue still open, and a crash does neither.
      const fixes = await resolveReleaseGroups(tx, release.id);
      const resolved = fixes.filter(({ wasResolved }) => !wasResolved);
      await announce(
        tx,
        organizationId,
        resolved.map(({ groupId }) => groupId),
        { release: { version } },
      );
      outcomes.push(succeeded(operation, release.id));
    }
    // Deploys that waited for the commits are announced with them (releases-api 9.4).
    await announceDeploys(tx, release.id);
    return outcomes;
  };
}

async function setSentCommits(
  tx: Transaction,
  scope: ReferenceScope,
  releaseId: string,
  operation: ClaimedOperation,
): Promise<void> {
  const { commits } = commandOf(operation, operation.body.setCommits);
  const list = normaliseCommits(commits, scope.organizationId);
  const ids = await storeCommits(tx, scope, list);
  const links = list.commits.map(({ position }, index) => ({
    commitId: ids[index] ?? '',
    position,
  }));
  await linkCommits(tx, releaseId, links, list.commitCount);
}

async function setFetchedCommits(
  tx: Transaction,
  releaseId: string,
  rangeIds: readonly string[],
): Promise<void> {
  const ids = await listRangeCommits(tx, rangeIds);
  const links = ids.map((commitId, position) => ({ commitId, position }));
  await linkCommits(tx, releaseId, links, links.length);
  await settleFetches(tx, releaseId, rangeIds);
}

/**
 * Stores the commits of big lists in chunks of their own before the transaction that links them: a crash resumes at
 * the cursor, and that transaction finds everything in place. Each chunk holds its operation, so that an attempt that
 * was given up cannot bring old texts back after a later list has been applied.
 */
export async function prepareCommits(
  pool: Pool,
  input: RunInput,
  instanceHost: string,
  beat: (cursor: Cursor) => void,
): Promise<void> {
  const { info } = Context.current();
  if (info.isLocal) return;
  const resumed = cursorSchema.safeParse(info.heartbeatDetails);
  const { organizationId } = input.release;
  for (const { id, body } of await listOperationBodies(pool, input.operationIds, 'setCommits')) {
    const list = normaliseCommits(body.setCommits?.commits ?? [], organizationId);
    const start = resumed.success && resumed.data.operationId === id ? resumed.data.stored : 0;
    for (let from = start; from < list.commits.length; from += CHUNK_SIZE) {
      const chunk = sliceCommits(list, from, from + CHUNK_SIZE);
      const isOurs = await transaction(pool, async (tx) => {
        if (!(await holdOperation(tx, id, 'setCommits'))) return false;
        await storeCommits(tx, { organizationId, instanceHost }, chunk);
        return true;
      });
      if (!isOurs) break;
      beat({ operationId: id, stored: from + CHUNK_SIZE });
    }
  }
}
