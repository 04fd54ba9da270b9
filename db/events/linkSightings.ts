import { exec, type Transaction } from '../pool.ts';

/** A project, an environment and perhaps a release were seen together between two moments. */
export type Sighting = Readonly<{
  projectId: string;
  environmentId: string;
  releaseId: string | null;
  firstSeen: string;
  lastSeen: string;
}>;

/** A last sighting is written at most once in this time: hot releases would otherwise be written with every batch. */
export const LAST_SEEN_SECONDS = 60;

/**
 * Links releases, environments and projects as events show them together. In the steady state every link is there and
 * young enough, and nothing is written: links are looked up before they are inserted, because `on conflict` would lock
 * the rows it meets.
 */
export async function linkSightings(
  tx: Transaction,
  sightings: readonly Sighting[],
): Promise<void> {
  await exec(tx, {
    name: 'linkSightings',
    text: `with given as materialized (
             select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
               as given (project_id, environment_id, release_id, first_seen, last_seen)
              order by project_id, environment_id, release_id),
           visible as (
             insert into environment_project (environment_id, project_id)
             select distinct environment_id, project_id from given
              where not exists (select from environment_project link
                                 where (link.project_id, link.environment_id) = (given.project_id, given.environment_id))
             on conflict on constraint environment_project_pkey do nothing),
           linked as (
             insert into release_project (release_id, project_id)
             select distinct release_id, project_id from given
              where release_id is not null
                and not exists (select from release_project link
                                 where (link.release_id, link.project_id) = (given.release_id, given.project_id))
             on conflict on constraint release_project_pkey do nothing
             returning project_id),
           -- One update for both columns: of two in a statement only one would reach the row.
           marked as (
             update project
                set has_releases = has_releases or seen.has_links, first_event = coalesce(first_event, seen.at)
               from (select project_id, min(first_seen) as at, project_id in (select project_id from linked) as has_links
                       from given group by project_id) seen
              where project.id = seen.project_id
                and (project.first_event is null or (seen.has_links and not project.has_releases))),
           seen_releases as (
             insert into release_environment as link (release_id, environment_id, first_seen, last_seen)
             select release_id, environment_id, min(first_seen), max(last_seen) from given
              where release_id is not null
                and not exists (select from release_environment link
                                 where (link.release_id, link.environment_id) = (given.release_id, given.environment_id)
                                   and link.last_seen >= given.last_seen - make_interval(secs => $6))
              group by release_id, environment_id
             on conflict on constraint release_environment_pkey
             do update set last_seen = greatest(link.last_seen, excluded.last_seen))
           -- The row may be one of a deploy, which has seen no event.
           insert into release_project_environment as link (release_id, project_id, environment_id, first_seen, last_seen,
                                                            first_event, last_event)
           select release_id, project_id, environment_id, first_seen, last_seen, first_seen, last_seen from given
            where release_id is not null
              and not exists (
                    select from release_project_environment link
                     where (link.release_id, link.project_id, link.environment_id)
                           = (given.release_id, given.project_id, given.environment_id)
                       and link.last_event >= given.last_seen - make_interval(secs => $6))
           on conflict on constraint release_project_environment_pkey
           do update set last_seen = greatest(link.last_seen, excluded.last_seen),
                         first_event = least(link.first_event, excluded.first_event),
                         last_event = greatest(link.last_event, excluded.last_event)`,
    values: [
      sightings.map((sighting) => sighting.projectId),
      sightings.map((sighting) => sighting.environmentId),
      sightings.map((sighting) => sighting.releaseId),
      sightings.map((sighting) => sighting.firstSeen),
      sightings.map((sighting) => sighting.lastSeen),
      LAST_SEEN_SECONDS,
    ],
  });
}
