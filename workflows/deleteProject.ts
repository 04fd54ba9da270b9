import {
  continueAsNew,
  log,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  DeleteProjectActivities,
  DeletionInput,
} from '../activities/deleteProject/deleteProjectActivities.ts';
import { bulkPolicy, dbPolicy } from './retryPolicies.ts';

export type DeleteProjectInput = DeletionInput & Readonly<{ deleted?: number }>;

const short = proxyActivities<DeleteProjectActivities>({
  startToCloseTimeout: dbPolicy.startToCloseTimeout,
  scheduleToCloseTimeout: dbPolicy.scheduleToCloseTimeout,
  retry: dbPolicy.retry,
});
const bulk = proxyActivities<DeleteProjectActivities>(bulkPolicy);

/**
 * Deletes a project that waits for it: claim, rows in chunks, the project itself. A deletion that was taken back before
 * the claim ends here. One that fails is started again by the reconciler and goes on with what is left.
 */
export async function deleteProject(
  input: DeleteProjectInput,
): Promise<{ outcome: 'deleted' | 'takenBack'; rows: number }> {
  const { projectId } = input;
  let rows = input.deleted ?? 0;
  const { isClaimed } = await short.claimProjectDeletion({ projectId });
  if (!isClaimed) return { outcome: 'takenBack', rows };
  for (;;) {
    const { deleted, isDone } = await bulk.deleteProjectRows({ projectId });
    rows += deleted;
    setCurrentDetails(`${rows} rows deleted.`);
    if (isDone) break;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof deleteProject>({ projectId, deleted: rows });
    }
  }
  await bulk.removeProject({ projectId });
  log.info('Deleted a project', { projectId, rows });
  return { outcome: 'deleted', rows };
}
