import { log, proxyActivities } from '@temporalio/workflow';
import type { ScheduleResyncsActivities } from '../activities/fetch/scheduleResyncs.ts';
import { bulkPolicy } from './retryPolicies.ts';

const { scheduleResyncs: schedule } = proxyActivities<ScheduleResyncsActivities>(bulkPolicy);

/** One pass over all repositories, started by its schedule: each has a re-sync as long as it can be fetched from. */
export async function scheduleResyncs(): Promise<void> {
  const { created, updated, removed } = await schedule();
  if (created + updated + removed > 0) {
    log.info('Brought the re-syncs of repositories up to date', { created, updated, removed });
  }
}
