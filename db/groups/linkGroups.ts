import { LAST_SEEN_SECONDS } from '../events/linkSightings.ts';
import { exec, type Transaction } from '../pool.ts';

/** A group was seen in an environment, and perhaps in a release, between two moments. */
export type GroupSighting = Readonly<{
  groupId: string;
  environmentId: string;
  releaseId: string | null;
  firstSeen: string;
  lastSeen: string;
}>;

/** Remembers in which releases and environments groups were seen; writes nothing that is known and young. */
export async function linkGroups(
  tx: Transaction,
  sightings: readonly GroupSighting[],
): Promise<void> {
  await exec(tx, {
    name: 'linkGroups',
    text: `with given as materialized (
             select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
               as given (group_id, environment_id, release_id, first_seen, last_seen)
              order by group_id, environment_id, release_id),
           in_environments as (
             insert into group_environment (group_id, environment_id, first_seen)
             select group_id, environment_id, min(first_seen) from given
              where not exists (select from group_environment link
                                 where (link.group_id, link.environment_id) = (given.group_id, given.environment_id))
              group by group_id, environment_id
             on conflict on constraint group_environment_pkey do nothing)
           insert into group_release as link (group_id, release_id, environment_id, first_seen, last_seen)
           select group_id, release_id, environment_id, first_seen, last_seen from given
            where release_id is not null
              and not exists (
                    select from group_release link
                     where (link.group_id, link.release_id, link.environment_id)
                           = (given.group_id, given.release_id, given.environment_id)
                       and link.last_seen >= given.last_seen - make_interval(secs => $6))
           on conflict on constraint group_release_pkey
           do update set last_seen = greatest(link.last_seen, excluded.last_seen)`,
    values: [
      sightings.map((sighting) => sighting.groupId),
      sightings.map((sighting) => sighting.environmentId),
      sightings.map((sighting) => sighting.releaseId),
      sightings.map((sighting) => sighting.firstSeen),
      sightings.map((sighting) => sighting.lastSeen),
      LAST_SEEN_SECONDS,
    ],
  });
}
