import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';
import { nameResolvingReleases } from './nameResolvingReleases.ts';

const settledRow = z
  .object({ id: z.string(), group_id: z.string(), release_id: z.string(), version: z.string() })
  .transform((row) => ({
    id: row.id,
    groupId: row.group_id,
    release: { id: row.release_id, version: row.version },
  }));

/**
 * "Resolved in the next release" finds its release: pending resolutions of groups whose anchor is older and shares a
 * project with one of these new releases become resolutions in it, and the timeline says which it was
 * (groups-projects-orgs 1.7).
 */
export async function resolvePendingResolutions(
  tx: Transaction,
  releaseIds: readonly string[],
): Promise<void> {
  const settled = await many(tx, settledRow, {
    name: 'findAwaitedReleases',
    // Of several new releases the oldest one is the next.
    text: `select distinct on (resolution.id)
                  resolution.id, resolution.group_id, release.id as release_id, release.version
             from release
             join release_project on release_project.release_id = release.id
             join release_project anchored on anchored.project_id = release_project.project_id
             join release anchor on anchor.id = anchored.release_id
             join group_resolution resolution on resolution.release_id = anchor.id
            where release.id = any($1::bigint[])
              and resolution.type = 'in_next_release' and resolution.status = 'pending'
              and anchor.id <> release.id and anchor.date_added < release.date_added
            order by resolution.id, release.date_added, release.id`,
    values: [releaseIds],
  });
  if (settled.length > 0) await nameResolvingReleases(tx, settled);
}
