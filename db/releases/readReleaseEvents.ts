import { z } from 'zod';
import { many, type Queryable } from '../pool.ts';

const releaseEventsRow = z
  .object({
    release_id: z.string(),
    project_id: z.string(),
    first_event: z.string().nullable(),
    last_event: z.string().nullable(),
    new_groups: z.coerce.number(),
  })
  .transform((row) => ({
    releaseId: row.release_id,
    projectId: row.project_id,
    firstEvent: row.first_event,
    lastEvent: row.last_event,
    newGroups: row.new_groups,
  }));

/** What the events of a release say of it in one project. */
export type ReleaseEvents = z.output<typeof releaseEventsRow>;

/** What happened in some environments only, which the releases themselves do not know; one statement for all of them. */
export function readReleaseEvents(
  db: Queryable,
  releaseIds: readonly string[],
  environmentIds: readonly string[],
): Promise<ReleaseEvents[]> {
  return many(db, releaseEventsRow, {
    name: 'readReleaseEvents',
    text: `select release_id, project_id, min(first_event) as first_event, max(last_event) as last_event,
                  sum(new_issues_count) as new_groups
             from release_project_environment
            where release_id = any($1::bigint[]) and environment_id = any($2::bigint[])
            group by release_id, project_id`,
    values: [releaseIds, environmentIds],
  });
}
