import { z } from 'zod';
import { exec, many, type Transaction } from '../pool.ts';

const namedRepositoryRow = z.object({ id: z.string(), name: z.string(), status: z.string() });

/**
 * Repositories by exact name, whatever their status; of several with one name the newest active one,
 * else the newest (releases-api 5.2).
 */
export async function findRepositoriesByName(
  tx: Transaction,
  organizationId: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  const rows = await many(tx, namedRepositoryRow, {
    name: 'findRepositoriesByName',
    text: `select distinct on (name) id, name, status
             from repository
            where organization_id = $1 and name = any($2::text[])
            order by name, (status = 'active') desc, id desc`,
    values: [organizationId, names],
  });
  return new Map(rows.map((row) => [row.name, row.id]));
}

/** Bare commit rows for heads that no commit list has described yet; answers ids in the order given. */
export async function ensureBareCommits(
  tx: Transaction,
  organizationId: string,
  commits: readonly Readonly<{ repositoryId: string; key: string }>[],
): Promise<string[]> {
  const rows = await many(tx, z.object({ id: z.string() }), {
    name: 'ensureBareCommits',
    // The no-op update makes rows of others come back too, locked until commit.
    text: `with given as (
             select repository_id, key, position
               from unnest($2::bigint[], $3::text[]) with ordinality as given (repository_id, key, position)),
           stored as (
             insert into commit (organization_id, repository_id, key)
             select distinct $1::bigint, repository_id, key from given order by repository_id, key
             on conflict on constraint commit_repository_id_key_key do update set key = excluded.key
             returning id, repository_id, key)
           select stored.id
             from given join stored using (repository_id, key)
            order by given.position`,
    values: [
      organizationId,
      commits.map((commit) => commit.repositoryId),
      commits.map((commit) => commit.key),
    ],
  });
  return rows.map((row) => row.id);
}

export type Head = Readonly<{ repositoryId: string; commitId: string }>;

/** Sets the head of each repository of the release; one row for each repository may be given. */
export async function upsertHeads(
  tx: Transaction,
  releaseId: string,
  heads: readonly Head[],
): Promise<void> {
  await exec(tx, {
    name: 'upsertHeads',
    text: `insert into release_head_commit (release_id, repository_id, commit_id)
           select $1, repository_id, commit_id
             from unnest($2::bigint[], $3::bigint[]) as given (repository_id, commit_id)
           on conflict on constraint release_head_commit_pkey do update set commit_id = excluded.commit_id`,
    values: [releaseId, heads.map((head) => head.repositoryId), heads.map((head) => head.commitId)],
  });
}

export type WantedFetch = Readonly<{
  repositoryId: string;
  head: string;
  previousHead: string | null;
}>;

/** Marks the fetch of each repository as wanted; a newer wish replaces an older one. */
export async function requestFetches(
  tx: Transaction,
  releaseId: string,
  operationId: string,
  fetches: readonly WantedFetch[],
): Promise<void> {
  await exec(tx, {
    name: 'requestFetches',
    text: `insert into release_sync (release_id, repository_id, operation_id, head, previous_head)
           select $1, repository_id, $2, head, previous_head
             from unnest($3::bigint[], $4::text[], $5::text[]) as given (repository_id, head, previous_head)
           on conflict on constraint release_sync_pkey
           do update set operation_id = excluded.operation_id,
                         head = excluded.head,
                         previous_head = excluded.previous_head,
                         state = 'pending', attempt = 0, last_error = null, next_try_at = null,
                         range_id = null, base_source = null, wait_until = null,
                         date_requested = now(), date_updated = now()`,
    values: [
      releaseId,
      operationId,
      fetches.map((fetch) => fetch.repositoryId),
      fetches.map((fetch) => fetch.head),
      fetches.map((fetch) => fetch.previousHead),
    ],
  });
}
