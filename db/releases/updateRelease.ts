import type { ReleaseStatus } from '../../domain/releaseCommands.ts';
import { exec, type Transaction } from '../pool.ts';

export type ReleasePatch = Readonly<{
  status: ReleaseStatus | null;
  ref: string | null;
  url: string | null;
  dateReleased: string | null;
}>;

/**
 * Null keeps the stored value: an update of a release never clears a field (releases-api 3.4).
 * `operations` is how many of them this statement applies, for the revision.
 */
export async function patchRelease(
  tx: Transaction,
  releaseId: string,
  patch: ReleasePatch,
  operations: number,
): Promise<void> {
  await exec(tx, {
    name: 'patchRelease',
    text: `update release
              set status = coalesce($2, status),
                  ref = coalesce($3, ref),
                  url = coalesce($4, url),
                  date_released = coalesce($5, date_released),
                  applied_revision = applied_revision + $6
            where id = $1`,
    values: [releaseId, patch.status, patch.ref, patch.url, patch.dateReleased, operations],
  });
}

/** Counts applied operations on the release, in the transaction that applied them. */
export async function bumpRevision(tx: Transaction, releaseId: string, by: number): Promise<void> {
  await exec(tx, {
    name: 'bumpRevision',
    text: 'update release set applied_revision = applied_revision + $2 where id = $1',
    values: [releaseId, by],
  });
}
