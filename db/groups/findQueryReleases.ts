import { z } from 'zod';
import { many, type Queryable } from '../pool.ts';

const releaseIdRow = z.object({ id: z.string() }).transform((row) => row.id);

/** Ids of the releases of an organization whose version is like one of the LIKE patterns. */
export function findReleasesLike(
  db: Queryable,
  organizationId: string,
  patterns: readonly string[],
): Promise<string[]> {
  return many(db, releaseIdRow, {
    name: 'findReleasesLike',
    text: 'select id from release where organization_id = $1 and version like any($2::text[])',
    values: [organizationId, patterns],
  });
}

/**
 * Ids of the latest release of each project: the highest semantic version where the project follows them, else the
 * newest by date (releases-api 10.5). Projects without a release have none.
 */
export function findLatestReleases(
  db: Queryable,
  projectIds: readonly string[],
  environmentIds: readonly string[] | null,
): Promise<string[]> {
  return many(db, releaseIdRow, {
    name: 'findLatestReleases',
    // Follows releases-api 10.4: of the ten newest open releases, enough are semantic versions.
    text: `select latest.id
             from unnest($1::bigint[]) as project (id)
             cross join lateral (
               select count(*) as recent,
                      count(*) filter (where package is not null) as semver,
                      count(*) filter (where package is not null and position <= 3) as newest_semver,
                      bool_or(package is not null) filter (where position = 1) as is_newest_semver
                 from (select release.package, row_number() over (order by release.date_added desc, release.id desc) as position
                         from release_project join release on release.id = release_project.release_id
                        where release_project.project_id = project.id and release.status = 'open'
                        order by release.date_added desc, release.id desc
                        limit 10) recent) shape
             cross join lateral (
               select case when shape.recent < 3 then coalesce(shape.is_newest_semver, false)
                           when shape.recent < 10 then shape.newest_semver > 0
                           else shape.newest_semver > 0 and shape.semver >= 3 end as follows_semver) rule
             cross join lateral (
               select release.id
                 from release_project join release on release.id = release_project.release_id
                where release_project.project_id = project.id
                  and (not rule.follows_semver or release.package is not null)
                  and ($2::bigint[] is null or exists (
                        select from release_project_environment link
                         where link.release_id = release.id and link.project_id = project.id
                           and link.environment_id = any($2)))
                order by case when rule.follows_semver then release.major end desc,
                         case when rule.follows_semver then release.minor end desc,
                         case when rule.follows_semver then release.patch end desc,
                         case when rule.follows_semver then release.revision end desc,
                         case when rule.follows_semver then release.prerelease = '' end desc,
                         case when rule.follows_semver then release.prerelease end collate "C" desc,
                         case when not rule.follows_semver then coalesce(release.date_released, release.date_added) end desc,
                         release.id desc
                limit 1) latest`,
    values: [projectIds, environmentIds],
  });
}
