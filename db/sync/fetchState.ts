import { z } from 'zod';
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
              and (release_sync.state in ('failed', 'partial')
                   or (release_sync.state in ('pending', 'fetching', 'waiting_for_push')
                       and release_sync.date_updated < now() - make_interval(secs => $2)))
              and release_sync.date_requested > now() - make_interval(days => $3)
            order by release_sync.date_updated
            limit $4`,
    values: [repositoryId, options.idleSeconds, options.maxAgeDays, options.limit],
  });
}

/** Puts fetches back to the start, whatever they were; answers how many. Given up ones stay so. */
export function reopenFetches(
  db: Queryable,
  releaseId: string,
  repositoryId: string,
): Promise<number> {
  return exec(db, {
    name: 'reopenFetches',
    // A partial range is fetched anew: what was left out may be had by now.
    text: `with dropped as (
             delete from commit_range using release_sync
              where release_sync.release_id = $1 and release_sync.repository_id = $2
                and commit_range.id = release_sync.range_id and release_sync.state = 'partial')
           update release_sync
              set state = 'pending', attempt = 0, last_error = null, next_try_at = null, wait_until = null,
                  date_updated = now()
            where release_id = $1 and repository_id = $2 and state <> 'given_up'`,
    values: [releaseId, repositoryId],
  });
}

const fetchJobRow = z
  .object({
    repository_id: z.string(),
    repository_name: z.string(),
    provider: z.string().nullable(),
    url: z.string().nullable(),
    api_url: z.string().nullable(),
    external_id: z.string().nullable(),
    token_encrypted: z.instanceof(Buffer).nullable(),
    organization_id: z.string(),
    head: z.string(),
    previous_head: z.string().nullable(),
    base_source: z.enum(['client', 'previous_release', 'operator', 'none']).nullable(),
    state: z.enum(syncStates),
    attempt: z.number(),
    wait_until: z.string().nullable(),
  })
  .transform((row) => ({
    organizationId: row.organization_id,
    repository: {
      id: row.repository_id,
      name: row.repository_name,
      provider: row.provider,
      url: row.url,
      apiUrl: row.api_url,
      externalId: row.external_id,
      tokenEncrypted: row.token_encrypted,
    },
    head: row.head,
    previousHead: row.previous_head,
    baseSource: row.base_source,
    state: row.state,
    attempt: row.attempt,
    waitUntil: row.wait_until,
  }));

export type FetchJob = z.output<typeof fetchJobRow>;

/** What is to be fetched for one repository of a release; null when the release or the wish is gone. */
export function findFetchJob(
  db: Queryable,
  releaseId: string,
  repositoryId: string,
): Promise<FetchJob | null> {
  return maybeOne(db, fetchJobRow, {
    name: 'findFetchJob',
    text: `select repository.id as repository_id, repository.name as repository_name, repository.provider,
                  repository.url, repository.api_url, repository.external_id, repository.token_encrypted,
                  repository.organization_id, release_sync.head, release_sync.previous_head,
                  release_sync.base_source, release_sync.state, release_sync.attempt, release_sync.wait_until
             from release_sync join repository on repository.id = release_sync.repository_id
            where release_sync.release_id = $1 and release_sync.repository_id = $2`,
    values: [releaseId, repositoryId],
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

export async function updateSync(
  db: Queryable | Transaction,
  releaseId: string,
  repositoryId: string,
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
            where release_id = $1 and repository_id = $2 and state <> 'given_up'`,
    values: [
      releaseId,
      repositoryId,
      change.state,
      change.attempt ?? null,
      change.lastError !== undefined,
      change.lastError ?? null,
      change.nextTryInMs ?? null,
      change.waitSeconds ?? null,
      change.rangeId ?? null,
    ],
  });
}

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

/** The semver order of releases as one comparable value; versions that are none stand before those that are. */
function semverOrder(alias: string): string {
  return `row(coalesce(${alias}.major, -1), coalesce(${alias}.minor, -1), coalesce(${alias}.patch, -1),
              coalesce(${alias}.revision, -1), ${alias}.prerelease is not distinct from '',
              coalesce(${alias}.prerelease, '') collate "C")`;
}

/** Remembers which base a fetch started from and who chose it. */
export async function recordBase(
  db: Queryable,
  releaseId: string,
  repositoryId: string,
  base: Readonly<{
    sha: string | null;
    source: 'client' | 'previous_release' | 'operator' | 'none';
  }>,
): Promise<void> {
  await exec(db, {
    name: 'recordBase',
    text: `update release_sync set previous_head = $3, base_source = $4, date_updated = now()
            where release_id = $1 and repository_id = $2`,
    values: [releaseId, repositoryId, base.sha, base.source],
  });
}
