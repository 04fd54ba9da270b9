import { exec, type Transaction } from '../pool.ts';

/** Removes the release with everything that hangs on it; commits, authors and repositories stay. */
export async function deleteReleaseRow(tx: Transaction, releaseId: string): Promise<void> {
  await exec(tx, {
    name: 'deleteReleaseRow',
    text: 'delete from release where id = $1',
    values: [releaseId],
  });
}
