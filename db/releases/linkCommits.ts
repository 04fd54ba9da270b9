import { exec, type Transaction } from '../pool.ts';

export type CommitLink = Readonly<{ commitId: string; position: number }>;

/**
 * Replaces the commit list of a release and what is derived from it (releases-api 4.6 and 4.7). A list that is already
 * there stays as it is: pipelines send the same one again and again.
 * @param links newest first; empty clears the list.
 * @param commitCount counts duplicates, which have no link of their own.
 */
export async function linkCommits(
  tx: Transaction,
  releaseId: string,
  links: readonly CommitLink[],
  commitCount: number,
): Promise<void> {
  const commitIds = links.map((link) => link.commitId);
  const positions = links.map((link) => link.position);
  await exec(tx, {
    name: 'unlinkCommits',
    text: `with given as (
             select commit_id, position from unnest($2::bigint[], $3::integer[]) as given (commit_id, position)),
           stored as (select commit_id, position from release_commit where release_id = $1)
           delete from release_commit
            where release_id = $1
              and exists (
                    select from given full join stored using (commit_id, position)
                     where given.commit_id is null or stored.commit_id is null)`,
    values: [releaseId, commitIds, positions],
  });
  await exec(tx, {
    name: 'linkCommits',
    text: `insert into release_commit (release_id, commit_id, position)
           select $1, commit_id, position
             from unnest($2::bigint[], $3::integer[]) as given (commit_id, position)
            where not exists (select from release_commit where release_id = $1)`,
    values: [releaseId, commitIds, positions],
  });
  await exec(tx, {
    name: 'updateReleaseCommits',
    text: `update release
              set commit_count = $3,
                  last_commit_id = $4,
                  author_ids = array(
                    select distinct author_id from commit
                     where id = any($2::bigint[]) and author_id is not null
                     order by author_id),
                  applied_revision = applied_revision + 1
            where id = $1`,
    values: [releaseId, commitIds, commitCount, commitIds[0] ?? null],
  });
  await moveHeads(tx, releaseId);
}

/**
 * A head that the new list contains stays (refs may have set it); any other one moves to the newest commit of its
 * repository, and heads of repositories that are not in the list go (decisions 8).
 */
async function moveHeads(tx: Transaction, releaseId: string): Promise<void> {
  await exec(tx, {
    name: 'moveHeads',
    text: `with newest as (
             select first.repository_id, release_commit.commit_id
               from (select commit.repository_id, min(release_commit.position) as position
                       from release_commit join commit on commit.id = release_commit.commit_id
                      where release_commit.release_id = $1
                      group by commit.repository_id) as first
               join release_commit
                 on release_commit.release_id = $1 and release_commit.position = first.position),
           gone as (
             delete from release_head_commit
              where release_id = $1 and repository_id not in (select repository_id from newest)),
           kept as (
             select release_head_commit.repository_id
               from release_head_commit join release_commit using (release_id, commit_id)
              where release_head_commit.release_id = $1)
           insert into release_head_commit (release_id, repository_id, commit_id)
           select $1, repository_id, commit_id from newest
            where repository_id not in (select repository_id from kept)
           on conflict on constraint release_head_commit_pkey do update set commit_id = excluded.commit_id`,
    values: [releaseId],
  });
}
