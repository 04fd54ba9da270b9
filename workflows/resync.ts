import { log, proxyActivities } from '@temporalio/workflow';
import type { ResyncActivities } from '../activities/fetch/resyncRepository.ts';
import { dbPolicy } from './retryPolicies.ts';

const { resyncRepository } = proxyActivities<ResyncActivities>({
  startToCloseTimeout: dbPolicy.scheduleToCloseTimeout,
  scheduleToCloseTimeout: 5 * dbPolicy.scheduleToCloseTimeout,
  retry: dbPolicy.retry,
});

/** One pass over the releases of a repository whose fetch failed or stayed partial, started by its schedule. */
export async function resync(
  input: Readonly<{ repositoryId: string }>,
): Promise<{ restarted: number }> {
  const { restarted } = await resyncRepository(input);
  if (restarted > 0) log.info('Took up fetches again', { ...input, restarted });
  return { restarted };
}
