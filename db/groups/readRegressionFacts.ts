import { z } from 'zod';
import type { OrderedRelease, Resolution } from '../../domain/issues/hasResolution.ts';
import { many, type Transaction } from '../pool.ts';

type RecentRelease = Readonly<{ status: string; package: string | null }>;

const factsRow = z
  .object({
    id: z.string(),
    status: z.string(),
    resolution_id: z.string().nullable(),
    type: z.enum(['in_release', 'in_next_release']).nullable(),
    anchor: z.custom<OrderedRelease | null>(),
    current_release_version: z.string().nullable(),
    current: z.custom<OrderedRelease | null>(),
    has_pending_commit: z.boolean(),
    recent_releases: z.custom<readonly RecentRelease[]>(),
  })
  .transform((row) => ({
    id: row.id,
    status: row.status,
    resolution:
      row.resolution_id === null || row.type === null || row.anchor === null
        ? null
        : ({
            type: row.type,
            anchor: row.anchor,
            currentVersion: row.current_release_version,
            current: row.current,
          } satisfies Resolution),
    hasPendingCommit: row.has_pending_commit,
    recentReleases: row.recent_releases,
  }));

export type RegressionFacts = z.output<typeof factsRow>;

/** The columns of an `OrderedRelease` as JSON; `release` must be in scope under this name. */
const orderedReleaseJson = `json_build_object('id', release.id::text, 'version', release.version,
  'orderDate', extract(epoch from coalesce(release.date_released, release.date_added))::float8)`;

/** Everything that decides whether an event brings a resolved group back (groups-projects-orgs 1.8). */
export function readRegressionFacts(
  tx: Transaction,
  groupIds: readonly string[],
): Promise<RegressionFacts[]> {
  return many(tx, factsRow, {
    name: 'readRegressionFacts',
    text: `select group_.id, group_.status, resolution.id as resolution_id, resolution.type,
                  (select ${orderedReleaseJson} from release where release.id = resolution.release_id) as anchor,
                  resolution.current_release_version,
                  (select ${orderedReleaseJson} from release
                    where release.organization_id = project.organization_id
                      and release.version = resolution.current_release_version) as current,
                  -- The newest commit that fixes it is in no release yet, and no commit of its pull requests is.
                  coalesce((
                    select not exists (select from release_commit where release_commit.commit_id = link.linked_id)
                           and not exists (
                             select from pull_request_commit own
                               join pull_request_commit sibling on sibling.pull_request_id = own.pull_request_id
                               join release_commit on release_commit.commit_id = sibling.commit_id
                              where own.commit_id = link.linked_id)
                      from group_link link
                     where link.group_id = group_.id and link.linked_type = 'commit' and link.relationship = 'resolves'
                     order by link.id desc
                     limit 1), false) as has_pending_commit,
                  (select coalesce(json_agg(recent), '[]') from (
                     select release.status, release.package
                       from release_project join release on release.id = release_project.release_id
                      where release_project.project_id = group_.project_id and release.status = 'open'
                      order by release.date_added desc, release.id desc
                      limit 10) recent) as recent_releases
             from group_
             join project on project.id = group_.project_id
             left join group_resolution resolution on resolution.group_id = group_.id
            where group_.id = any($1::bigint[])`,
    values: [groupIds],
  });
}
