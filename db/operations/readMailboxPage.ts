import { z } from 'zod';
import { releaseSteps, type PendingOperation, type ReleaseKey } from '../../domain/operation.ts';
import { one, type Queryable } from '../pool.ts';

const mailboxPageRow = z.object({
  operations: z.array(
    z.object({ id: z.string(), steps: z.array(z.enum(releaseSteps)), size: z.number() }),
  ),
  projects: z.array(z.string()),
});

/**
 * The next operations of a release in arrival order, each with the steps it still needs, and the slugs of the projects
 * of the release (none before it exists), which its workflow is found by.
 * @param until leaves out what arrived after this sequence number.
 */
export function readMailboxPage(
  db: Queryable,
  release: ReleaseKey,
  limit: number,
  until: string | null = null,
): Promise<{ operations: PendingOperation[]; projects: string[] }> {
  return one(db, mailboxPageRow, {
    name: 'readMailboxPage',
    text: `select (select coalesce(json_agg(next order by seq), '[]')
                     from (select id, steps[next_step + 1:] as steps, size, seq
                             from operation
                            where organization_id = $1 and release_version = $2 and status = 'pending'
                              and ($4::bigint is null or seq <= $4)
                            order by seq
                            limit $3) as next) as operations,
                  array(select project.slug
                          from release
                          join release_project on release_project.release_id = release.id
                          join project on project.id = release_project.project_id
                         where release.organization_id = $1 and release.version = $2
                         order by project.slug
                         limit 100) as projects`,
    values: [release.organizationId, release.version, limit, until],
  });
}

const mailboxExtentRow = z.object({ waiting: z.coerce.number(), until: z.string().nullable() });

/** How many operations of a release wait, and the sequence number of the last one. */
export function readMailboxExtent(
  db: Queryable,
  release: ReleaseKey,
  until: string | null,
): Promise<z.output<typeof mailboxExtentRow>> {
  return one(db, mailboxExtentRow, {
    name: 'readMailboxExtent',
    text: `select count(*) as waiting, max(seq) as until
             from operation
            where organization_id = $1 and release_version = $2 and status = 'pending'
              and ($3::bigint is null or seq <= $3)`,
    values: [release.organizationId, release.version, until],
  });
}
