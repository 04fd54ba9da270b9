import { z } from 'zod';
import type { OffsetWindow } from '../../domain/offsetPage.ts';
import type { ValueWindow } from '../../domain/valuePage.ts';
import { maybeOne, many, one, type Queryable } from '../pool.ts';
import {
  authorJson,
  commitJson,
  releaseColumns,
  releaseViewRow,
  type AuthorView,
  type CommitView,
  type ReleaseView,
} from './releaseView.ts';

const releaseCommitRow = z
  .object({ position: z.number(), commit: z.custom<CommitView>() })
  .transform((row) => ({ position: row.position, commit: row.commit }));

/** Commits of a release in the window of a page, in the order that the window asks for. */
export function listReleaseCommits(
  db: Queryable,
  releaseId: string,
  window: ValueWindow,
  repositoryIds: readonly string[] | null,
): Promise<z.output<typeof releaseCommitRow>[]> {
  const isForward = window.direction === 'forward';
  const comparison = isForward ? '>=' : '<=';
  const order = isForward ? 'asc' : 'desc';
  return many(db, releaseCommitRow, {
    name: `listReleaseCommits_${order}`,
    text: `select release_commit.position, ${commitJson} as commit
             from release_commit join commit on commit.id = release_commit.commit_id
            where release_commit.release_id = $1
              and ($2::bigint is null or release_commit.position ${comparison} $2)
              and ($3::bigint[] is null or commit.repository_id = any($3))
            order by release_commit.position ${order}
           offset $4 limit $5`,
    values: [releaseId, window.value, repositoryIds, window.offset, window.limit],
  });
}

const commitFileRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  filename: z.string(),
  type: z.string(),
  message: z.string().nullable(),
  repository_name: z.string().nullable(),
  author: z.custom<AuthorView | null>(),
});

export type CommitFileView = z.output<typeof commitFileRow>;

/** Changed files of all commits of a release, by name (releases-api 3.9). */
export function listReleaseFileChanges(
  db: Queryable,
  releaseId: string,
  repositoryId: string | null,
  page: OffsetWindow,
): Promise<CommitFileView[]> {
  return many(db, commitFileRow, {
    name: 'listReleaseFileChanges',
    text: `select change.id, commit.organization_id, change.filename, change.type::text, commit.message,
                  repository.name as repository_name,
                  (select ${authorJson} from commit_author author where author.id = commit.author_id) as author
             from release_commit
             join commit on commit.id = release_commit.commit_id
             join commit_file_change change on change.commit_id = commit.id
             left join repository on repository.id = commit.repository_id
            where release_commit.release_id = $1
              and ($2::bigint is null or commit.repository_id = $2)
            order by change.filename, change.id
           offset $3 limit $4`,
    values: [releaseId, repositoryId, page.offset, page.limit],
  });
}

/** How many different files the commits of a release change. */
export async function countChangedFiles(db: Queryable, releaseId: string): Promise<number> {
  const row = await one(db, z.object({ files: z.coerce.number() }), {
    name: 'countChangedFiles',
    text: `select count(distinct change.filename) as files
             from release_commit join commit_file_change change using (commit_id)
            where release_commit.release_id = $1`,
    values: [releaseId],
  });
  return row.files;
}

/**
 * The most recent release with commits that shares a project with this one and is not newer; may be itself
 * (releases-api 3.10).
 */
export function findPreviousReleaseWithCommits(
  db: Queryable,
  releaseId: string,
): Promise<ReleaseView | null> {
  return maybeOne(db, releaseViewRow, {
    name: 'findPreviousReleaseWithCommits',
    text: `with anchor as (
             select organization_id, coalesce(date_released, date_added) as date from release where id = $1),
           previous as materialized (
             select other.id
               from anchor
               join release other on other.organization_id = anchor.organization_id
              where other.last_commit_id is not null
                and coalesce(other.date_released, other.date_added) <= anchor.date
                and exists (
                      select from release_project mine join release_project theirs using (project_id)
                       where mine.release_id = $1 and theirs.release_id = other.id)
              order by coalesce(other.date_released, other.date_added) desc, other.id desc
              limit 1)
           select ${releaseColumns} from previous join release on release.id = previous.id`,
    values: [releaseId],
  });
}

/** The newest active repository with this external id or name; null when there is none. */
export async function findActiveRepository(
  db: Queryable,
  organizationId: string,
  by: Readonly<{ externalId: string } | { name: string }>,
): Promise<string | null> {
  const row = await maybeOne(db, z.object({ id: z.string() }), {
    name: 'findActiveRepository',
    text: `select id from repository
            where organization_id = $1 and status = 'active'
              and case when $2::text is null then name = $3 else external_id = $2 end
            order by date_added desc, id desc
            limit 1`,
    values: [
      organizationId,
      'externalId' in by ? by.externalId : null,
      'name' in by ? by.name : null,
    ],
  });
  return row?.id ?? null;
}
