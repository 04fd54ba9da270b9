import { z } from 'zod';
import type { RepositoryProvider } from '../domain/repositoryProvider.ts';
import { maybeOne, type Queryable } from './pool.ts';

export type NewRepository = Readonly<{
  organizationId: string;
  name: string;
  provider: RepositoryProvider;
  url: string;
}>;

const repositoryRow = z.object({ id: z.string(), name: z.string() });

/**
 * Creates a repository, or gives its provider to one that only commit lists have named so far, so that their commits
 * stay with it. Null when the organization has an active one with a provider under this name.
 */
export function createRepository(
  db: Queryable,
  repository: NewRepository,
): Promise<z.output<typeof repositoryRow> | null> {
  return maybeOne(db, repositoryRow, {
    name: 'createRepository',
    text: `with known as (
             select id, provider
               from repository
              where organization_id = $1 and name = $2 and status = 'active'
              order by provider nulls last, id desc
              limit 1
                for update),
           adopted as (
             update repository set provider = $3, url = $4
               from known
              where repository.id = known.id and known.provider is null
             returning repository.id, repository.name),
           created as (
             insert into repository (organization_id, name, provider, url)
             select $1::bigint, $2::text, $3::text, $4::text where not exists (select from known)
             returning id, name)
           select id, name from adopted
           union all
           select id, name from created`,
    values: [repository.organizationId, repository.name, repository.provider, repository.url],
  });
}
