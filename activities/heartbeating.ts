import { Context } from '@temporalio/activity';

/** A third of the heartbeat timeout of bulk work: one late beat does not look like a dead worker. */
const BEAT_MS = 3_000;

/**
 * Runs an activity that tells the server that it lives, with the last cursor it reported, also while one long
 * statement runs. A local activity has no heartbeats: its task has.
 */
export async function heartbeating<T>(
  work: (beat: (cursor: unknown) => void) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  if (context.info.isLocal) return work(() => undefined);
  // Until there is progress of its own, an attempt keeps the cursor that it was given.
  let cursor: unknown = context.info.heartbeatDetails;
  const beat = (reached: unknown): void => {
    cursor = reached;
    context.heartbeat(cursor);
  };
  const timer = setInterval(() => beat(cursor), BEAT_MS);
  try {
    return await work(beat);
  } finally {
    clearInterval(timer);
  }
}
