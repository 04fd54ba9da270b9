import type { PassInput, PassProgress } from './housekeepingActivities.ts';

/** Well below the time of an attempt, so that a long pass moves on by results and not by timeouts. */
const ATTEMPT_MS = 40_000;

/**
 * Goes from chunk to chunk, each a transaction of its own, until there are no more or the time of an attempt is over.
 * @param next does the chunk after the cursor, and says where the one after it begins.
 */
export async function inChunks(
  { cursor: start }: PassInput,
  beat: (progress: unknown) => void,
  next: (cursor: string | null) => Promise<PassProgress>,
  now: () => number = () => performance.now(),
): Promise<PassProgress> {
  const endsAt = now() + ATTEMPT_MS;
  let rows = 0;
  let cursor = start;
  do {
    const chunk = await next(cursor);
    rows += chunk.rows;
    cursor = chunk.cursor;
    beat({ rows, cursor });
  } while (cursor !== null && now() < endsAt);
  return { rows, cursor };
}
