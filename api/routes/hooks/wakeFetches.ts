import { listWaitingFetches, type HookRepository } from '../../../db/hooks/hookDeliveries.ts';
import { mapConcurrently } from '../../../infra/scm/mapConcurrently.ts';
import type { AppContext } from '../../context.ts';

/** Each is a call of a millisecond or two; hosts wait ten seconds for an answer. */
const CONCURRENCY = 10;

/**
 * Tells the fetches that wait for a commit of these repositories to look again; answers how many. They look by
 * themselves within a minute, so that a Temporal that is away costs time and nothing else.
 */
export async function wakeFetches(
  context: AppContext,
  repositories: readonly HookRepository[],
): Promise<number> {
  const waiting = await listWaitingFetches(
    context.pool,
    repositories.map(({ id }) => id),
  );
  try {
    await mapConcurrently(waiting, CONCURRENCY, (fetch) => context.fetches.pushed(fetch));
    return waiting.length;
  } catch (error) {
    context.logger.warn({ err: error }, 'Fetches were not told of a push; they look by themselves');
    return 0;
  }
}
