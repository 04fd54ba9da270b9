import { z } from 'zod';
import type { ReleaseKey } from '../../domain/operation.ts';
import { many, type Queryable } from '../pool.ts';

/** Slugs of the projects of a release; empty for one that does not exist yet. */
export async function listReleaseProjectSlugs(db: Queryable, key: ReleaseKey): Promise<string[]> {
  const rows = await many(db, z.object({ slug: z.string() }), {
    name: 'listReleaseProjectSlugs',
    text: `select project.slug
             from release
             join release_project on release_project.release_id = release.id
             join project on project.id = release_project.project_id
            where release.organization_id = $1 and release.version = $2
            order by project.slug
            limit 100`,
    values: [key.organizationId, key.version],
  });
  return rows.map((row) => row.slug);
}
