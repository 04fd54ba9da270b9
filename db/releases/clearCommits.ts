import { exec, type Transaction } from '../pool.ts';

/**
 * Takes all commits and heads off a release; the commits themselves survive (releases-api 7).
 * Any number of heads will do, none included (releases-api 14.4).
 */
export async function clearReleaseCommits(
  tx: Transaction,
  releaseId: string,
  operations: number,
): Promise<void> {
  await exec(tx, {
    name: 'clearReleaseCommits',
    text: `with heads as (delete from release_head_commit where release_id = $1),
           links as (delete from release_commit where release_id = $1),
           wishes as (delete from release_sync where release_id = $1)
           update release
              set commit_count = 0, author_ids = '{}', last_commit_id = null,
                  applied_revision = applied_revision + $2
            where id = $1`,
    values: [releaseId, operations],
  });
}
