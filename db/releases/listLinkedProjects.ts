import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';

/**
 * The projects of a release that is locked. A statement of its own: one that waited for the lock would still see them as
 * they were before it.
 */
export async function listLinkedProjects(tx: Transaction, releaseId: string): Promise<string[]> {
  const rows = await many(tx, z.object({ project_id: z.string() }), {
    name: 'listLinkedProjects',
    text: 'select project_id from release_project where release_id = $1',
    values: [releaseId],
  });
  return rows.map((row) => row.project_id);
}
