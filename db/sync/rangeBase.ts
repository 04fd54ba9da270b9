import { z } from 'zod';
import { exec, maybeOne, type Queryable } from '../pool.ts';
import type { BaseSource } from './fetchState.ts';

/**
 * The head of the repository on the release before this one: the newest that shares a project and has a head there.
 * Dates that tie are told apart by the version (releases-api 5.1, 6, 10.3).
 */
export async function findPreviousHead(
  db: Queryable,
  releaseId: string,
  repositoryId: string,
): Promise<string | null> {
  const row = await maybeOne(db, z.object({ key: z.string() }), {
    name: 'findPreviousHead',
    text: `select commit.key
             from release
             join release other
               on other.organization_id = release.organization_id and other.id <> release.id
             join release_head_commit head on head.release_id = other.id and head.repository_id = $2
             join commit on commit.id = head.commit_id
            where release.id = $1
              and (coalesce(other.date_released, other.date_added), ${semverOrder('other')}, other.id)
                  < (coalesce(release.date_released, release.date_added), ${semverOrder('release')}, release.id)
              and exists (
                    select from release_project mine join release_project theirs using (project_id)
                     where mine.release_id = release.id and theirs.release_id = other.id)
            order by coalesce(other.date_released, other.date_added) desc, ${semverOrder('other')} desc, other.id desc
            limit 1`,
    values: [releaseId, repositoryId],
  });
  return row?.key ?? null;
}

/**
 * The head of the repository on the release that was deployed last to an environment, before this one was and for one
 * of its projects; null when there is none.
 */
export async function findEnvironmentHead(
  db: Queryable,
  releaseId: string,
  repositoryId: string,
  environment: string,
): Promise<string | null> {
  const row = await maybeOne(db, z.object({ key: z.string() }), {
    name: 'findEnvironmentHead',
    // The deploy created last counts, whatever its dates say (releases-api 9.1).
    text: `select commit.key
             from release
             join environment on environment.organization_id = release.organization_id and environment.name = $3
             join deploy on deploy.environment_id = environment.id and deploy.release_id <> release.id
             join release_head_commit head on head.release_id = deploy.release_id and head.repository_id = $2
             join commit on commit.id = head.commit_id
            where release.id = $1
              and not exists (
                    select from deploy own
                     where own.release_id = release.id and own.environment_id = environment.id and own.id < deploy.id)
              and exists (
                    select from release_project mine
                      join release_project_environment theirs using (project_id)
                     where mine.release_id = release.id
                       and theirs.release_id = deploy.release_id and theirs.environment_id = environment.id)
            order by deploy.id desc
            limit 1`,
    values: [releaseId, repositoryId, environment],
  });
  return row?.key ?? null;
}

/** Remembers which base a fetch started from and who chose it. */
export async function recordBase(
  db: Queryable,
  releaseId: string,
  repositoryId: string,
  base: Readonly<{ sha: string | null; source: BaseSource }>,
): Promise<void> {
  await exec(db, {
    name: 'recordBase',
    text: `update release_sync set previous_head = $3, base_source = $4, date_updated = now()
            where release_id = $1 and repository_id = $2`,
    values: [releaseId, repositoryId, base.sha, base.source],
  });
}

/** The semver order of releases as one comparable value; versions that are none stand before those that are. */
function semverOrder(alias: string): string {
  return `row(coalesce(${alias}.major, -1), coalesce(${alias}.minor, -1), coalesce(${alias}.patch, -1),
              coalesce(${alias}.revision, -1), ${alias}.prerelease is not distinct from '',
              coalesce(${alias}.prerelease, '') collate "C")`;
}
