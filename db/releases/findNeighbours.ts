import { z } from 'zod';
import { one, type Queryable } from '../pool.ts';

const neighboursRow = z.object({
  previous: z.string().nullable(),
  next: z.string().nullable(),
  first: z.string().nullable(),
  last: z.string().nullable(),
});

export type NeighbourFilter = Readonly<{
  organizationId: string;
  releaseId: string;
  projectIds: readonly string[];
  environmentIds: readonly string[] | null;
  status: 'open' | 'archived' | null;
  /** What `versionPatterns` made; null means no filter. */
  versionPatterns: readonly string[] | null;
}>;

/**
 * The versions next to a release by (date added, id), and the first and last of its projects; the last two look at
 * projects and environments only (releases-api 3.3).
 */
export function findNeighbours(
  db: Queryable,
  filter: NeighbourFilter,
): Promise<z.output<typeof neighboursRow>> {
  return one(db, neighboursRow, {
    name: 'findNeighbours',
    text: `with anchor as (select date_added, id from release where id = $2),
           candidate as not materialized (
             select release.version, release.date_added, release.id, release.status
               from release
              where release.organization_id = $1
                and exists (
                      select from release_project
                       where release_project.release_id = release.id and release_project.project_id = any($3::bigint[]))
                and ($4::bigint[] is null or exists (
                      select from release_project_environment link
                       where link.release_id = release.id and link.project_id = any($3) and link.environment_id = any($4)))),
           matching as not materialized (
             select * from candidate
              where ($5::text is null or status = $5) and ($6::text[] is null or version ilike any($6)))
           select (select matching.version from matching, anchor
                    where (matching.date_added, matching.id) < (anchor.date_added, anchor.id)
                    order by matching.date_added desc, matching.id desc limit 1) as previous,
                  (select matching.version from matching, anchor
                    where (matching.date_added, matching.id) > (anchor.date_added, anchor.id)
                    order by matching.date_added, matching.id limit 1) as next,
                  (select version from candidate order by date_added, id limit 1) as first,
                  (select version from candidate order by date_added desc, id desc limit 1) as last`,
    values: [
      filter.organizationId,
      filter.releaseId,
      filter.projectIds,
      filter.environmentIds,
      filter.status,
      filter.versionPatterns,
    ],
  });
}
