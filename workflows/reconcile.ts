import { log, proxyActivities } from '@temporalio/workflow';
import type { ReconcileActivities } from '../activities/reconcile/reconcileActivities.ts';
import { dbPolicy } from './retryPolicies.ts';

const { nudgeStaleReleases } = proxyActivities<ReconcileActivities>({
  startToCloseTimeout: dbPolicy.startToCloseTimeout,
  scheduleToCloseTimeout: dbPolicy.scheduleToCloseTimeout,
  retry: dbPolicy.retry,
});

/** One pass of housekeeping over the mailbox, started by a schedule: wakes the releases whose operations have waited. */
export async function reconcile(): Promise<{ nudged: number }> {
  const { nudged } = await nudgeStaleReleases();
  if (nudged > 0) log.info('Woke releases with waiting operations', { nudged });
  return { nudged };
}
