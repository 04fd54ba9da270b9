import { z } from 'zod';
import type { ReleaseKey } from '../../domain/operation.ts';
import { maybeOne, type Queryable } from '../pool.ts';

const releaseProjectsRow = z
  .object({
    release_id: z.string().nullable(),
    projects: z.custom<readonly Readonly<{ id: string; slug: string }>[]>(),
  })
  .transform((row) => ({ releaseId: row.release_id, projects: row.projects }));

export type ReleaseProjects = z.output<typeof releaseProjectsRow>;

/**
 * The projects of a release that exists, or of one whose creation still waits in the mailbox: a pipeline that was
 * told 202 for its first command must not be told 404 for its second.
 */
export function findReleaseProjects(
  db: Queryable,
  key: ReleaseKey,
): Promise<ReleaseProjects | null> {
  return maybeOne(db, releaseProjectsRow, {
    name: 'findReleaseProjects',
    text: `with stored as (
             select id, array(select project_id from release_project where release_id = release.id) as project_ids
               from release
              where organization_id = $1 and version = $2),
           wanted as (
             select array_agg(distinct project_id::bigint) as project_ids
               from operation,
                    json_array_elements_text(body -> 'createRelease' -> 'projectIds') as project_id
              where organization_id = $1 and release_version = $2 and status = 'pending'
                and 'createRelease' = any(steps[next_step + 1:])
                and not exists (select from stored)
             having count(*) > 0),
           found as (
             select id, project_ids from stored
             union all
             select null, project_ids from wanted)
           select found.id as release_id,
                  (select coalesce(json_agg(json_build_object('id', project.id::text, 'slug', project.slug)
                                            order by project.slug), '[]')
                     from project
                    where project.id = any(found.project_ids) and project.status = 'active') as projects
             from found`,
    values: [key.organizationId, key.version],
  });
}
