import { z } from 'zod';
import { followsSemver } from '../../domain/versionOrder.ts';
import { many, maybeOne, type Transaction } from '../pool.ts';

export type NamedRelease = Readonly<{ id: string; version: string }>;

const releaseRow = z.object({ id: z.string(), version: z.string() });

/** A release of a project by version; null as version means the newest one (groups-projects-orgs 1.11, inRelease). */
export function findProjectRelease(
  tx: Transaction,
  projectId: string,
  version: string | null,
): Promise<NamedRelease | null> {
  return maybeOne(tx, releaseRow, {
    name: 'findProjectRelease',
    text: `select release.id, release.version
             from release_project join release on release.id = release_project.release_id
            where release_project.project_id = $1 and ($2::text is null or release.version = $2)
            order by coalesce(release.date_released, release.date_added) desc, release.id desc
            limit 1`,
    values: [projectId, version],
  });
}

/** The newest release that contains a commit. */
export function findReleaseOfCommit(
  tx: Transaction,
  commitId: string,
): Promise<NamedRelease | null> {
  return maybeOne(tx, releaseRow, {
    name: 'findReleaseOfCommit',
    text: `select release.id, release.version
             from release_commit join release on release.id = release_commit.release_id
            where release_commit.commit_id = $1
            order by coalesce(release.date_released, release.date_added) desc, release.id desc
            limit 1`,
    values: [commitId],
  });
}

/** How "in the next release" is stored for one group. */
export type NextRelease = Readonly<{
  groupId: string;
  /** The latest version that has the issue, where that is known. */
  current: string | null;
  /** The release that already is the next one. */
  later: NamedRelease | null;
  isSemver: boolean;
}>;

/**
 * What "in the next release" means for each group of one project: with semantic versions anything greater than the
 * highest one; else the release after the one that the group was last seen in, if there already is one.
 */
export async function planNextRelease(
  tx: Transaction,
  projectId: string,
  groupIds: readonly string[],
): Promise<NextRelease[]> {
  const recent = await many(tx, z.object({ status: z.string(), package: z.string().nullable() }), {
    name: 'listRecentReleases',
    text: `select release.status, release.package
             from release_project join release on release.id = release_project.release_id
            where release_project.project_id = $1 and release.status = 'open'
            order by release.date_added desc, release.id desc
            limit 10`,
    values: [projectId],
  });
  if (!followsSemver(recent)) return planByDate(tx, projectId, groupIds);
  const highest = await maybeOne(tx, releaseRow, {
    name: 'findHighestVersion',
    text: `select release.id, release.version
             from release_project join release on release.id = release_project.release_id
            where release_project.project_id = $1 and release.package is not null
            order by release.major desc, release.minor desc, release.patch desc, release.revision desc,
                     release.prerelease = '' desc, release.prerelease collate "C" desc, release.id desc
            limit 1`,
    values: [projectId],
  });
  return groupIds.map((groupId) => ({
    groupId,
    current: highest?.version ?? null,
    later: null,
    isSemver: true,
  }));
}

const planRow = z
  .object({
    group_id: z.string(),
    current: z.string().nullable(),
    later_id: z.string().nullable(),
    later_version: z.string().nullable(),
  })
  .transform((row) => ({
    groupId: row.group_id,
    current: row.current,
    later:
      row.later_id === null || row.later_version === null
        ? null
        : { id: row.later_id, version: row.later_version },
    isSemver: false,
  }));

function planByDate(
  tx: Transaction,
  projectId: string,
  groupIds: readonly string[],
): Promise<NextRelease[]> {
  return many(tx, planRow, {
    name: 'planNextReleaseByDate',
    text: `select given.id::text as group_id, current.version as current, later.id as later_id, later.version as later_version
             from unnest($2::bigint[]) as given (id)
             left join lateral (
               select release.id, release.version, release.date_added
                 from group_release seen join release on release.id = seen.release_id
                where seen.group_id = given.id
                order by seen.last_seen desc, release.id desc
                limit 1) current on true
             left join lateral (
               select release.id, release.version
                 from release_project join release on release.id = release_project.release_id
                where release_project.project_id = $1
                  and (release.date_added, release.id) > (current.date_added, current.id)
                order by coalesce(release.date_released, release.date_added), release.id
                limit 1) later on true`,
    values: [projectId, groupIds],
  });
}
