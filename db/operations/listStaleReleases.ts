import { z } from 'zod';
import { many, type Queryable } from '../pool.ts';

const staleReleaseRow = z
  .object({
    organization_id: z.string(),
    organization_slug: z.string(),
    release_version: z.string(),
  })
  .transform((row) => ({
    organizationSlug: row.organization_slug,
    release: { organizationId: row.organization_id, version: row.release_version },
  }));

/** Releases with operations that have waited for longer than they should, the longest waiting first. */
export function listStaleReleases(
  db: Queryable,
  olderThanSeconds: number,
  limit: number,
): Promise<z.output<typeof staleReleaseRow>[]> {
  return many(db, staleReleaseRow, {
    name: 'listStaleReleases',
    text: `select operation.organization_id, organization.slug as organization_slug, release_version
             from operation
             join organization on organization.id = operation.organization_id
            where operation.status = 'pending' and created_at < now() - make_interval(secs => $1)
            group by operation.organization_id, organization.slug, release_version
            order by min(created_at)
            limit $2`,
    values: [olderThanSeconds, limit],
  });
}
