import { log, patched, proxyActivities } from '@temporalio/workflow';
import type { DeletionActivities } from '../activities/deletion/deletionActivities.ts';
import type { RelayActivities } from '../activities/outbox/relayOutbox.ts';
import type { ReconcileActivities } from '../activities/reconcile/reconcileActivities.ts';
import { shortPolicy } from './retryPolicies.ts';

const { nudgeStaleReleases, relayOutbox, startPendingDeletions } = proxyActivities<
  ReconcileActivities & RelayActivities & DeletionActivities
>(shortPolicy);

/**
 * One pass of housekeeping, started by a schedule: wakes the releases whose operations have waited, and starts the
 * deliveries of events that were left behind.
 */
export async function reconcile(): Promise<{ nudged: number; relayed: number }> {
  const { nudged } = await nudgeStaleReleases();
  if (nudged > 0) log.info('Woke releases with waiting operations', { nudged });
  const { relayed } = await relayOutbox();
  if (relayed > 0) log.info('Relayed events that were left behind', { relayed });
  // Passes that began before there were deletions to start end as they began.
  if (patched('start-pending-deletions')) {
    const { started } = await startPendingDeletions();
    if (started > 0) log.info('Started deletions that were left behind', { started });
  }
  return { nudged, relayed };
}
