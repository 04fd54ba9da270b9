import type { PassActivity } from '../activities/housekeeping/housekeepingActivities.ts';

/**
 * Calls an activity until it has come to the end of its pass. Each call works for most of a minute, so what bounds the
 * history is the execution timeout of the workflow.
 * @returns the rows of all calls together.
 */
export async function runPass(activity: PassActivity): Promise<number> {
  let rows = 0;
  let cursor: string | null = null;
  do {
    const progress = await activity({ cursor });
    rows += progress.rows;
    ({ cursor } = progress);
  } while (cursor !== null);
  return rows;
}
