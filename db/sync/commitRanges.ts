import { z } from 'zod';
import { exec, maybeOne, one, many, type Queryable, type Transaction } from '../pool.ts';

const rangeRow = z
  .object({
    id: z.string(),
    cursor: z.string().nullable(),
    is_finished: z.boolean(),
    outcome: z.unknown(),
    next_position: z.coerce.number(),
  })
  .transform((row) => ({
    id: row.id,
    cursor: row.cursor,
    isFinished: row.is_finished,
    outcome: row.outcome,
    nextPosition: row.next_position,
  }));

export type StoredRange = z.output<typeof rangeRow>;

/** The range between two commits of a repository, begun if nobody has; an empty base asks for recent commits. */
export function ensureRange(
  db: Queryable,
  repositoryId: string,
  base: string | null,
  head: string,
): Promise<StoredRange> {
  return one(db, rangeRow, {
    name: 'ensureRange',
    text: `with stored as (
             insert into commit_range (repository_id, base, head) values ($1, $2, $3)
             on conflict on constraint commit_range_repository_id_base_head_key
             do update set head = excluded.head
             returning id, cursor, is_finished, outcome)
           select stored.*, (select coalesce(max(position) + 1, 0) from commit_range_commit where range_id = stored.id) as next_position
             from stored`,
    values: [repositoryId, base ?? '', head],
  });
}

/**
 * Adds a page to a range and remembers where the next one starts. Fenced by the cursor: a page that another attempt
 * has added meanwhile is not added again.
 * @returns whether it was added.
 */
export async function addRangePage(
  tx: Transaction,
  page: Readonly<{
    rangeId: string;
    from: string | null;
    next: string | null;
    /** Of the first commit of the page; 0 starts the range over. */
    position: number;
    commitIds: readonly string[];
    outcome: unknown;
  }>,
): Promise<boolean> {
  const moved = await exec(tx, {
    name: 'moveRangeCursor',
    text: `update commit_range set cursor = $3, is_finished = $4, outcome = $5
            where id = $1 and cursor is not distinct from $2 and not is_finished`,
    values: [page.rangeId, page.from, page.next, page.next === null, JSON.stringify(page.outcome)],
  });
  if (moved === 0) return false;
  await exec(tx, {
    name: 'dropRangeCommits',
    text: 'delete from commit_range_commit where range_id = $1 and position >= $2',
    values: [page.rangeId, page.position],
  });
  await exec(tx, {
    name: 'addRangeCommits',
    text: `insert into commit_range_commit (range_id, position, commit_id)
           select $1, $2::integer + position - 1, commit_id
             from unnest($3::bigint[]) with ordinality as given (commit_id, position)`,
    values: [page.rangeId, page.position, page.commitIds],
  });
  return true;
}

const rangeCommitRow = z.object({ commit_id: z.string() });

/**
 * Commits of ranges as one list, newest first: in the order of the range, and by date where several repositories mix.
 */
export async function listRangeCommits(
  tx: Transaction,
  rangeIds: readonly string[],
): Promise<string[]> {
  const rows = await many(tx, rangeCommitRow, {
    name: 'listRangeCommits',
    text: `select member.commit_id
             from commit_range_commit member
             join commit on commit.id = member.commit_id
            where member.range_id = any($1::bigint[])
            order by case when cardinality($1::bigint[]) > 1 then commit.date_added end desc,
                     member.position, member.commit_id`,
    values: [rangeIds],
  });
  return [...new Set(rows.map((row) => row.commit_id))];
}

const fetchedRangeRow = z
  .object({ range_ids: z.array(z.string()), commits: z.coerce.number() })
  .transform((row) => ({ rangeIds: row.range_ids, commits: row.commits }));

/** The finished ranges of all repositories of a release, and how many commits they hold. */
export async function findFetchedRanges(
  db: Queryable,
  releaseId: string,
): Promise<z.output<typeof fetchedRangeRow>> {
  const found = await maybeOne(db, fetchedRangeRow, {
    name: 'findFetchedRanges',
    text: `select array_agg(distinct commit_range.id::text order by commit_range.id::text) as range_ids,
                  count(member.commit_id) as commits
             from release_sync
             join commit_range on commit_range.id = release_sync.range_id and commit_range.is_finished
             left join commit_range_commit member on member.range_id = commit_range.id
            where release_sync.release_id = $1
           having count(*) > 0`,
    values: [releaseId],
  });
  return found ?? { rangeIds: [], commits: 0 };
}

/**
 * Marks the fetches whose ranges a release now has: complete, or partial when something was left out of the range. Such a
 * range is fetched anew after a day and not sooner, because most limits last. In the transaction that links the commits,
 * so that nobody sees one without the other.
 */
export async function settleFetches(
  tx: Transaction,
  releaseId: string,
  rangeIds: readonly string[],
): Promise<void> {
  await exec(tx, {
    name: 'settleFetches',
    text: `update release_sync
              set state = case when is_whole then 'complete' else 'partial' end,
                  last_error = null,
                  next_try_at = case when is_whole then null else now() + interval '1 day' end,
                  date_updated = now()
             from commit_range,
                  lateral (select json_array_length(commit_range.outcome -> 'limits') = 0 as is_whole) as completeness
            where release_sync.release_id = $1
              and commit_range.id = release_sync.range_id
              and commit_range.id = any($2::bigint[])
              and release_sync.state <> 'given_up'`,
    values: [releaseId, rangeIds],
  });
}
