import { z } from 'zod';
import type { ReleaseKey } from '../../domain/operation.ts';
import { many, maybeOne, type Transaction } from '../pool.ts';

const lockedReleaseRow = z
  .object({
    id: z.string(),
    status: z.enum(['open', 'archived']),
    date_released: z.string().nullable(),
  })
  .transform((row) => ({ id: row.id, status: row.status, dateReleased: row.date_released }));

export type LockedRelease = z.output<typeof lockedReleaseRow> &
  Readonly<{ projectIds: readonly string[] }>;

/**
 * Takes the row lock that every write of a release holds until its commit, and what deciding needs.
 * Temporal serialises scheduling, not execution: two attempts of one activity meet here. The projects are read by a
 * statement of their own: one that waited for the lock would still see them as they were before it.
 */
export async function lockRelease(tx: Transaction, key: ReleaseKey): Promise<LockedRelease | null> {
  const release = await maybeOne(tx, lockedReleaseRow, {
    name: 'lockRelease',
    text: `select id, status, date_released
             from release
            where organization_id = $1 and version = $2
              for update`,
    values: [key.organizationId, key.version],
  });
  if (release === null) return null;
  const projects = await many(tx, z.object({ project_id: z.string() }), {
    name: 'listLinkedProjects',
    text: 'select project_id from release_project where release_id = $1',
    values: [release.id],
  });
  return { ...release, projectIds: projects.map((row) => row.project_id) };
}
