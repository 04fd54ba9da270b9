import { z } from 'zod';
import type { Chunk } from '../chunk.ts';
import { many, type Transaction } from '../pool.ts';
import { nameResolvingReleases } from './nameResolvingReleases.ts';

const CHUNK_RESOLUTIONS = 500;

const pendingRow = z
  .object({
    id: z.string(),
    group_id: z.string(),
    release_id: z.string().nullable(),
    version: z.string().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    groupId: row.group_id,
    release:
      row.release_id === null || row.version === null
        ? null
        : { id: row.release_id, version: row.version },
  }));

/**
 * "Resolved in the next release" is settled when a release is created (groups-projects-orgs 1.7). A release can also
 * become the next one without being created then: an older one that is linked to the project later. This finds it.
 */
export async function settleNextReleases(tx: Transaction, cursor: string | null): Promise<Chunk> {
  const pending = await many(tx, pendingRow, {
    name: 'listPendingResolutions',
    // The next release is looked up once for each anchor: thousands of issues wait for the same few.
    text: `with pending as materialized (
             select resolution.id, resolution.group_id, group_.project_id, resolution.release_id as anchor_id
               from group_resolution resolution join group_ on group_.id = resolution.group_id
              where resolution.type = 'in_next_release' and resolution.status = 'pending' and resolution.id > $1
              order by resolution.id
              limit $2),
           anchored as (select distinct project_id, anchor_id from pending),
           next as (
             select anchored.project_id, anchored.anchor_id, later.id, later.version
               from anchored
               join release anchor on anchor.id = anchored.anchor_id
              cross join lateral (
                select release.id, release.version
                  from release_project link join release on release.id = link.release_id
                 where link.project_id = anchored.project_id and release.date_added > anchor.date_added
                 order by release.date_added, release.id
                 limit 1) later)
           select pending.id, pending.group_id, next.id as release_id, next.version
             from pending left join next using (project_id, anchor_id)
            order by pending.id`,
    values: [cursor ?? '0', CHUNK_RESOLUTIONS],
  });
  const settled = pending.flatMap(({ id, groupId, release }) =>
    release === null ? [] : [{ id, groupId, release }],
  );
  if (settled.length > 0) await nameResolvingReleases(tx, settled);
  const last = pending.length < CHUNK_RESOLUTIONS ? null : (pending.at(-1)?.id ?? null);
  return { rows: settled.length, cursor: last };
}
