import { exec, type Transaction } from '../pool.ts';
import type { NamedRelease } from './planResolution.ts';

/** A pending resolution, and the release that it has waited for. */
export type SettledResolution = Readonly<{ id: string; groupId: string; release: NamedRelease }>;

/** Pending resolutions become resolutions in a release, and the timeline says which it was. */
export async function nameResolvingReleases(
  tx: Transaction,
  settled: readonly SettledResolution[],
): Promise<void> {
  await exec(tx, {
    name: 'nameResolvingReleases',
    // Of two releases that come at once only one is the next: whoever settles a row first has it.
    text: `with next as (
             select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])
               as next (id, group_id, release_id, version)),
           resolved as (
             update group_resolution set release_id = next.release_id, type = 'in_release', status = 'resolved'
               from next
              where group_resolution.id = next.id and group_resolution.status = 'pending'
             returning group_resolution.id)
           update activity
              set data = (activity.data::jsonb || jsonb_build_object('version', next.version))::json
             from next join resolved using (id)
            where activity.id = (
                    select newest.id from activity newest
                     where newest.group_id = next.group_id and newest.type = 'set_resolved_in_release'
                       and newest.ident = next.id::text
                     order by newest.id desc
                     limit 1)`,
    values: [
      settled.map(({ id }) => id),
      settled.map(({ groupId }) => groupId),
      settled.map(({ release }) => release.id),
      settled.map(({ release }) => release.version),
    ],
  });
}
