import { z } from 'zod';
import { fetchOptions } from '../../domain/fetchOptions.ts';
import type { ReleaseKey } from '../../domain/operation.ts';
import { exec, many, maybeOne, type Queryable, type Transaction } from '../pool.ts';

export const syncStates = [
  'pending',
  'fetching',
  'waiting_for_push',
  'complete',
  'partial',
  'failed',
  'given_up',
] as const;

export type SyncState = (typeof syncStates)[number];

/** Who chose where a range starts. */
export const baseSources = [
  'client',
  'previous_release',
  'environment',
  'operator',
  'none',
] as const;

export type BaseSource = (typeof baseSources)[number];

/** The fetch of one repository of a release, as one operation wanted it: a later wish makes it another one. */
export type FetchKey = Readonly<{ releaseId: string; repositoryId: string; operationId: string }>;

const wantedFetchRow = z
  .object({ release_id: z.string(), operation_id: z.string() })
  .transform((row) => ({ releaseId: row.release_id, operationId: row.operation_id }));

export type WantedFetch = z.output<typeof wantedFetchRow>;

/** Fetches of a release that nobody has started yet: one for each operation that asked. */
export function listWantedFetches(db: Queryable, key: ReleaseKey): Promise<WantedFetch[]> {
  return many(db, wantedFetchRow, {
    name: 'listWantedFetches',
    text: `select distinct release_sync.release_id, release_sync.operation_id
             from release_sync
             join release on release.id = release_sync.release_id
            where release.organization_id = $1 and release.version = $2 and release_sync.state = 'pending'`,
    values: [key.organizationId, key.version],
  });
}

const staleFetchRow = z
  .object({
    release_id: z.string(),
    operation_id: z.string(),
    organization_id: z.string(),
    organization_slug: z.string(),
    version: z.string(),
  })
  .transform((row) => ({
    releaseId: row.release_id,
    operationId: row.operation_id,
    organizationSlug: row.organization_slug,
    release: { organizationId: row.organization_id, version: row.version },
  }));

export type StaleFetch = z.output<typeof staleFetchRow>;

/**
 * Fetches of a repository that a re-sync takes up again: failed and partial ones, and those that were wanted or under
 * way so long ago that nobody is at them any more. The oldest first.
 */
export function listStaleFetches(
  db: Queryable,
  repositoryId: string,
  options: Readonly<{ idleSeconds: number; maxAgeDays: number; limit: number }>,
): Promise<StaleFetch[]> {
  return many(db, staleFetchRow, {
    name: 'listStaleFetches',
    text: `select release_sync.release_id, release_sync.operation_id, release.organization_id,
                  organization.slug as organization_slug, release.version
             from release_sync
             join release on release.id = release_sync.release_id
             join organization on organization.id = release.organization_id
            where release_sync.repository_id = $1
              and (release_sync.state = 'failed'
                   or (release_sync.state = 'partial'
                       and coalesce(release_sync.next_try_at, release_sync.date_updated) <= now())
                   or (release_sync.state in ('pending', 'fetching', 'waiting_for_push')
                       and release_sync.date_updated < now() - make_interval(secs => $2)))
              and release_sync.date_requested > now() - make_interval(days => $3)
            order by release_sync.date_updated
            limit $4`,
    values: [repositoryId, options.idleSeconds, options.maxAgeDays, options.limit],
  });
}

/**
 * Puts a fetch back to the start, whatever became of it.
 * @param options.isGivenUpKept leaves one that an operator has given up as it is.
 */
export async function reopenFetch(
  db: Queryable,
  releaseId: string,
  repositoryId: string,
  options: Readonly<{ isGivenUpKept: boolean }>,
): Promise<void> {
  await exec(db, {
    name: 'reopenFetch',
    // A partial range is fetched anew: what was left out may be had by now.
    text: `with dropped as (
             delete from commit_range using release_sync
              where release_sync.release_id = $1 and release_sync.repository_id = $2
                and commit_range.id = release_sync.range_id and release_sync.state = 'partial')
           update release_sync
              set state = 'pending', attempt = 0, last_error = null, next_try_at = null, wait_until = null,
                  date_updated = now()
            where release_id = $1 and repository_id = $2 and not ($3 and state = 'given_up')`,
    values: [releaseId, repositoryId, options.isGivenUpKept],
  });
}

const fetchJobRow = z
  .object({
    repository_id: z.string(),
    repository_name: z.string(),
    repository_status: z.string(),
    provider: z.string().nullable(),
    url: z.string().nullable(),
    api_url: z.string().nullable(),
    external_id: z.string().nullable(),
    token_encrypted: z.instanceof(Buffer).nullable(),
    organization_id: z.string(),
    head: z.string(),
    previous_head: z.string().nullable(),
    base_source: z.enum(baseSources).nullable(),
    fetch_base: z.unknown(),
    state: z.enum(syncStates),
    attempt: z.number(),
    wait_until: z.string().nullable(),
  })
  .transform((row) => ({
    organizationId: row.organization_id,
    repository: {
      id: row.repository_id,
      name: row.repository_name,
      isActive: row.repository_status === 'active',
      provider: row.provider,
      url: row.url,
      apiUrl: row.api_url,
      externalId: row.external_id,
      tokenEncrypted: row.token_encrypted,
    },
    head: row.head,
    previousHead: row.previous_head,
    baseSource: row.base_source,
    fetchBase: row.fetch_base,
    state: row.state,
    attempt: row.attempt,
    waitUntil: row.wait_until,
  }));

export type FetchJob = z.output<typeof fetchJobRow>;

/** What is to be fetched for one repository of a release; null when the release is gone, or wants something else now. */
export function findFetchJob(db: Queryable, key: FetchKey): Promise<FetchJob | null> {
  return maybeOne(db, fetchJobRow, {
    name: 'findFetchJob',
    text: `select repository.id as repository_id, repository.name as repository_name,
                  repository.status as repository_status, repository.provider, repository.url,
                  repository.api_url, repository.external_id, repository.token_encrypted, repository.organization_id,
                  (select value from organization_option
                    where organization_id = repository.organization_id and key = $4) as fetch_base,
                  release_sync.head, release_sync.previous_head, release_sync.base_source, release_sync.state,
                  release_sync.attempt, release_sync.wait_until
             from release_sync join repository on repository.id = release_sync.repository_id
            where release_sync.release_id = $1 and release_sync.repository_id = $2 and release_sync.operation_id = $3`,
    values: [key.releaseId, key.repositoryId, key.operationId, fetchOptions.fetchBase.key],
  });
}

/** Repositories that one operation wants fetched for a release. */
export async function listFetchRepositories(
  db: Queryable,
  releaseId: string,
  operationId: string,
): Promise<string[]> {
  const rows = await many(db, z.object({ repository_id: z.string() }), {
    name: 'listFetchRepositories',
    text: `select repository_id from release_sync
            where release_id = $1 and operation_id = $2 and state not in ('complete', 'given_up')
            order by repository_id`,
    values: [releaseId, operationId],
  });
  return rows.map((row) => row.repository_id);
}

/** What a change of state may set; left out stays as it is. */
export type SyncChange = Readonly<{
  state: SyncState;
  attempt?: number;
  lastError?: string | null;
  /** From now on; null means that nothing is planned. */
  nextTryInMs?: number | null;
  waitSeconds?: number;
  rangeId?: string;
}>;

/** Changes a fetch unless it was given up, or another operation wants something else of the repository by now. */
export async function updateSync(
  db: Queryable | Transaction,
  key: FetchKey,
  change: SyncChange,
): Promise<void> {
  await exec(db, {
    name: 'updateSync',
    text: `update release_sync
              set state = $3,
                  attempt = coalesce($4, attempt),
                  last_error = case when $5 then $6 else last_error end,
                  next_try_at = now() + make_interval(secs => $7::double precision / 1000),
                  wait_until = coalesce(wait_until, now() + make_interval(secs => $8)),
                  range_id = coalesce($9, range_id),
                  date_updated = now()
            where release_id = $1 and repository_id = $2 and operation_id = $10 and state <> 'given_up'`,
    values: [
      key.releaseId,
      key.repositoryId,
      change.state,
      change.attempt ?? null,
      change.lastError !== undefined,
      change.lastError ?? null,
      change.nextTryInMs ?? null,
      change.waitSeconds ?? null,
      change.rangeId ?? null,
      key.operationId,
    ],
  });
}
