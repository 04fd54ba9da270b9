import { z } from 'zod';
import { exec, many, type Queryable } from '../pool.ts';
import { baseSources, syncStates } from './fetchState.ts';

const limitSchema = z.object({
  kind: z.string(),
  affected: z.number().nullable(),
  reason: z.string(),
});

const outcomeSchema = z.object({
  base: z.string().nullable(),
  baseChoice: z.enum(['given', 'merge_base', 'recent']),
  baseNote: z.string().nullable(),
  listed: z.number(),
  total: z.number().nullable(),
  limits: z.array(limitSchema),
});

const syncRow = z
  .object({
    release_id: z.string(),
    repository_id: z.string(),
    repository_name: z.string(),
    operation_id: z.string(),
    state: z.enum(syncStates),
    head: z.string(),
    previous_head: z.string().nullable(),
    base_source: z.enum(baseSources).nullable(),
    attempt: z.number(),
    last_error: z.string().nullable(),
    next_try_at: z.string().nullable(),
    wait_until: z.string().nullable(),
    date_requested: z.string(),
    date_updated: z.string(),
    outcome: outcomeSchema.nullable(),
  })
  .transform((row) => ({
    releaseId: row.release_id,
    repositoryId: row.repository_id,
    repositoryName: row.repository_name,
    operationId: row.operation_id,
    state: row.state,
    head: row.head,
    previousHead: row.previous_head,
    baseSource: row.base_source,
    attempt: row.attempt,
    lastError: row.last_error,
    nextTryAt: row.next_try_at,
    waitUntil: row.wait_until,
    dateRequested: row.date_requested,
    dateUpdated: row.date_updated,
    outcome: row.outcome,
  }));

export type SyncView = z.output<typeof syncRow>;

/** What became of the fetches of a release, one for each repository. */
export function listSyncs(db: Queryable, releaseId: string): Promise<SyncView[]> {
  return many(db, syncRow, {
    name: 'listSyncs',
    text: `select release_sync.release_id, release_sync.repository_id, repository.name as repository_name,
                  release_sync.operation_id, release_sync.state, release_sync.head, release_sync.previous_head,
                  release_sync.base_source, release_sync.attempt, release_sync.last_error, release_sync.next_try_at,
                  release_sync.wait_until, release_sync.date_requested, release_sync.date_updated,
                  commit_range.outcome
             from release_sync
             join repository on repository.id = release_sync.repository_id
             left join commit_range on commit_range.id = release_sync.range_id
            where release_sync.release_id = $1
            order by repository.name, repository.id`,
    values: [releaseId],
  });
}

/** An operator's choice of where the range starts; the fetch begins anew. */
export async function setSyncBase(
  db: Queryable,
  releaseId: string,
  repositoryId: string,
  base: string,
): Promise<void> {
  await exec(db, {
    name: 'setSyncBase',
    text: `update release_sync
              set previous_head = $3, base_source = 'operator', range_id = null, state = 'pending', attempt = 0,
                  last_error = null, next_try_at = null, wait_until = null, date_updated = now()
            where release_id = $1 and repository_id = $2`,
    values: [releaseId, repositoryId, base],
  });
}

/** Nobody fetches it again until somebody asks for it. */
export async function giveUpSync(
  db: Queryable,
  releaseId: string,
  repositoryId: string,
): Promise<void> {
  await exec(db, {
    name: 'giveUpSync',
    text: `update release_sync set state = 'given_up', next_try_at = null, wait_until = null, date_updated = now()
            where release_id = $1 and repository_id = $2`,
    values: [releaseId, repositoryId],
  });
}
