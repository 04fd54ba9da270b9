import { z } from 'zod';
import { fetchableProviders } from '../../domain/repositoryProvider.ts';
import { many, type Queryable } from '../pool.ts';

const resyncRepositoryRow = z
  .object({ id: z.string(), name: z.string(), organization_slug: z.string() })
  .transform((row) => ({
    repositoryId: row.id,
    repositoryName: row.name,
    organizationSlug: row.organization_slug,
  }));

export type ResyncRepositoryRow = z.output<typeof resyncRepositoryRow>;

const isFetchable = `repository.status = 'active' and repository.provider = any($1::text[])`;

/** Repositories that commits can be fetched from and that are not among the given ones, the oldest first. */
export function listRepositoriesToSchedule(
  db: Queryable,
  scheduledIds: readonly string[],
  limit: number,
): Promise<ResyncRepositoryRow[]> {
  return many(db, resyncRepositoryRow, {
    name: 'listRepositoriesToSchedule',
    text: `select repository.id, repository.name, organization.slug as organization_slug
             from repository join organization on organization.id = repository.organization_id
            where ${isFetchable} and organization.status = 'active'
              and not exists (select from unnest($2::bigint[]) as scheduled (id) where scheduled.id = repository.id)
            order by repository.id
            limit $3`,
    values: [fetchableProviders, scheduledIds, limit],
  });
}

/** Those of the given repositories that commits cannot be fetched from any more, at most so many. */
export async function listRepositoriesToForget(
  db: Queryable,
  scheduledIds: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await many(db, z.object({ id: z.string() }), {
    name: 'listRepositoriesToForget',
    text: `select scheduled.id
             from unnest($2::bigint[]) as scheduled (id)
            where not exists (
                    select from repository join organization on organization.id = repository.organization_id
                     where repository.id = scheduled.id and ${isFetchable} and organization.status = 'active')
            order by scheduled.id
            limit $3`,
    values: [fetchableProviders, scheduledIds, limit],
  });
  return rows.map((row) => row.id);
}
