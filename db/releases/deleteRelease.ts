import { z } from 'zod';
import { exec, one, type Transaction } from '../pool.ts';

/** Removes the release with everything that hangs on it; commits, authors and repositories stay. */
export async function deleteReleaseRow(tx: Transaction, releaseId: string): Promise<void> {
  await exec(tx, {
    name: 'deleteReleaseRow',
    text: 'delete from release where id = $1',
    values: [releaseId],
  });
}

/** Whether any issue was first seen in the release, whatever became of that issue (releases-api 8). */
export async function isFirstReleaseOfGroups(tx: Transaction, releaseId: string): Promise<boolean> {
  const row = await one(tx, z.object({ is_referenced: z.boolean() }), {
    name: 'isFirstReleaseOfGroups',
    text: 'select exists (select from group_ where first_release_id = $1) as is_referenced',
    values: [releaseId],
  });
  return row.is_referenced;
}
