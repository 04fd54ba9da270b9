import type { DeletionTarget } from '../../db/deletion/deletionModel.ts';
import { deleteStepRows, listDeletionSteps } from '../../db/deletion/deletionSteps.ts';
import type { Pool } from '../../db/pool.ts';
import type { DeletionProgress } from './deletionActivities.ts';

/** A chunk takes well under a second, so that it delays nobody who waits for its locks. */
const ROWS_PER_CHUNK = 1_000;

/** Well below the time of an attempt, so that a long deletion moves on by results and not by timeouts. */
const ATTEMPT_MS = 40_000;

/** Every chunk is a transaction of its own: what is gone stays gone, and another attempt goes on from there. */
export async function deleteRows(
  pool: Pool,
  { model, id }: DeletionTarget,
  beat: (cursor: unknown) => void,
  now: () => number = () => performance.now(),
): Promise<DeletionProgress> {
  const endsAt = now() + ATTEMPT_MS;
  let deleted = 0;
  for (const step of await listDeletionSteps(pool, model)) {
    for (;;) {
      const rows = await deleteStepRows(pool, step, id, ROWS_PER_CHUNK);
      deleted += rows;
      beat({ table: step.table, deleted });
      // Only after rows have gone: an attempt that starts over must not spend its time on tables that are empty.
      if (rows > 0 && now() > endsAt) return { deleted, isDone: false };
      if (rows < ROWS_PER_CHUNK) break;
    }
  }
  return { deleted, isDone: true };
}
