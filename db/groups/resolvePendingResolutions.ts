import { exec, type Transaction } from '../pool.ts';

/**
 * "Resolved in the next release" finds its release: pending resolutions of groups whose anchor is older and shares a
 * project with one of these new releases become resolutions in it, and the timeline says which it was
 * (groups-projects-orgs 1.7).
 */
export async function resolvePendingResolutions(
  tx: Transaction,
  releaseIds: readonly string[],
): Promise<void> {
  await exec(tx, {
    name: 'resolvePendingResolutions',
    text: `with next as (
             -- Of several new releases the oldest one is the next.
             select distinct on (resolution.id)
                    resolution.id, resolution.group_id, release.id as release_id, release.version
               from release
               join release_project on release_project.release_id = release.id
               join release_project anchored on anchored.project_id = release_project.project_id
               join release anchor on anchor.id = anchored.release_id
               join group_resolution resolution on resolution.release_id = anchor.id
              where release.id = any($1::bigint[])
                and resolution.type = 'in_next_release' and resolution.status = 'pending'
                and anchor.id <> release.id and anchor.date_added < release.date_added
              order by resolution.id, release.date_added, release.id),
           resolved as (
             update group_resolution set release_id = next.release_id, type = 'in_release', status = 'resolved'
               from next
              where group_resolution.id = next.id)
           update activity
              set data = (activity.data::jsonb || jsonb_build_object('version', next.version))::json
             from next
            where activity.id = (
                    select newest.id from activity newest
                     where newest.group_id = next.group_id and newest.type = 'set_resolved_in_release'
                       and newest.ident = next.id::text
                     order by newest.id desc
                     limit 1)`,
    values: [releaseIds],
  });
}
