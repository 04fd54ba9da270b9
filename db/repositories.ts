import { z } from 'zod';
import type { RepositoryProvider } from '../domain/repositoryProvider.ts';
import { exec, maybeOne, type Queryable, type Transaction } from './pool.ts';
import { repositoryJson, type RepositoryView } from './releases/releaseView.ts';

export type NewRepository = Readonly<{
  organizationId: string;
  name: string;
  provider: RepositoryProvider;
  url: string;
  apiUrl?: string | null | undefined;
  externalId?: string | null | undefined;
  /** Sealed by a SecretBox. */
  tokenEncrypted?: Buffer | null | undefined;
}>;

/** What changes; what is left out stays, and null takes away. */
export type RepositoryChanges = Readonly<{
  name?: string | undefined;
  provider?: RepositoryProvider | undefined;
  url?: string | undefined;
  apiUrl?: string | null | undefined;
  externalId?: string | null | undefined;
  tokenEncrypted?: Buffer | null | undefined;
  status?: 'active' | 'disabled' | undefined;
}>;

const detailsRow = z
  .object({
    repository: z.custom<RepositoryView>(),
    api_url: z.string().nullable(),
    has_token: z.boolean(),
  })
  .transform((row) => ({ ...row.repository, apiUrl: row.api_url, hasToken: row.has_token }));

export type RepositoryDetails = z.output<typeof detailsRow>;

const details = `${repositoryJson} as repository, repository.api_url, repository.token_encrypted is not null as has_token`;

/** Names are not unique, so whoever makes or renames a repository takes turns with commit lists that do. */
export async function lockRepositoryNames(tx: Transaction, organizationId: string): Promise<void> {
  await exec(tx, {
    name: 'lockRepositoryNames',
    text: `select pg_advisory_xact_lock(hashtextextended('repository', $1))`,
    values: [organizationId],
  });
}

/**
 * Creates a repository, or gives its provider to one that only commit lists have named so far, so that their commits
 * stay with it. Null when the organization has an active one with a provider under this name.
 */
export async function createRepository(
  tx: Transaction,
  repository: NewRepository,
): Promise<RepositoryDetails | null> {
  await lockRepositoryNames(tx, repository.organizationId);
  return maybeOne(tx, detailsRow, {
    name: 'createRepository',
    text: `with known as (
             select id, provider
               from repository
              where organization_id = $1 and name = $2 and status = 'active'
              order by provider nulls last, id desc
              limit 1
                for update),
           adopted as (
             update repository
                set provider = $3, url = $4, api_url = $5, external_id = $6, token_encrypted = $7
               from known
              where repository.id = known.id and known.provider is null
             returning repository.*),
           created as (
             insert into repository (organization_id, name, provider, url, api_url, external_id, token_encrypted)
             select $1::bigint, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bytea
              where not exists (select from known)
             returning *)
           select ${details} from (select * from adopted union all select * from created) as repository`,
    values: [
      repository.organizationId,
      repository.name,
      repository.provider,
      repository.url,
      repository.apiUrl ?? null,
      repository.externalId ?? null,
      repository.tokenEncrypted ?? null,
    ],
  });
}

/** A repository of the organization by its id, whatever its status. */
export function findRepository(
  db: Queryable,
  organizationId: string,
  repositoryId: string,
): Promise<RepositoryDetails | null> {
  return maybeOne(db, detailsRow, {
    name: 'findRepository',
    text: `select ${details} from repository where organization_id = $1 and id = $2`,
    values: [organizationId, repositoryId],
  });
}

/** Another active repository that has a provider and this name. */
export async function isRepositoryNameTaken(
  tx: Transaction,
  organizationId: string,
  name: string,
  exceptId: string,
): Promise<boolean> {
  const row = await maybeOne(tx, z.object({ id: z.string() }), {
    name: 'isRepositoryNameTaken',
    text: `select id from repository
            where organization_id = $1 and name = $2 and id <> $3 and status = 'active' and provider is not null
            limit 1`,
    values: [organizationId, name, exceptId],
  });
  return row !== null;
}

export function updateRepository(
  db: Queryable,
  organizationId: string,
  repositoryId: string,
  changes: RepositoryChanges,
): Promise<RepositoryDetails | null> {
  return maybeOne(db, detailsRow, {
    name: 'updateRepository',
    text: `update repository
              set name = coalesce($3, name), provider = coalesce($4, provider), url = coalesce($5, url),
                  status = coalesce($6, status),
                  api_url = case when $7 then $8 else api_url end,
                  external_id = case when $9 then $10 else external_id end,
                  token_encrypted = case when $11 then $12 else token_encrypted end
            where organization_id = $1 and id = $2
           returning ${details}`,
    values: [
      organizationId,
      repositoryId,
      changes.name ?? null,
      changes.provider ?? null,
      changes.url ?? null,
      changes.status ?? null,
      changes.apiUrl !== undefined,
      changes.apiUrl ?? null,
      changes.externalId !== undefined,
      changes.externalId ?? null,
      changes.tokenEncrypted !== undefined,
      changes.tokenEncrypted ?? null,
    ],
  });
}

/** Its releases and commits stay; its token goes, because nothing needs it any more. */
export function disableRepository(
  db: Queryable,
  organizationId: string,
  repositoryId: string,
): Promise<RepositoryDetails | null> {
  return maybeOne(db, detailsRow, {
    name: 'disableRepository',
    text: `update repository set status = 'disabled', token_encrypted = null
            where organization_id = $1 and id = $2
           returning ${details}`,
    values: [organizationId, repositoryId],
  });
}
