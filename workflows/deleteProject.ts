import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type {
  DeletionActivities,
  ProjectDeletionInput,
} from '../activities/deletion/deletionActivities.ts';
import { runDeletion, type DeletionResult } from './deletion.ts';
import { bulkPolicy, shortPolicy } from './retryPolicies.ts';

export type DeleteProjectInput = ProjectDeletionInput & Readonly<{ deleted?: number }>;

const short = proxyActivities<DeletionActivities>(shortPolicy);
const bulk = proxyActivities<DeletionActivities>(bulkPolicy);

/** A project that was deleted goes for good. */
export async function deleteProject({
  projectId,
  deleted = 0,
}: DeleteProjectInput): Promise<DeletionResult> {
  const steps = {
    claim: () => short.claimProjectDeletion({ projectId }),
    deleteRows: () => bulk.deleteProjectRows({ projectId }),
    remove: () => bulk.removeProject({ projectId }),
    continueAsNew: (rows: number) =>
      continueAsNew<typeof deleteProject>({ projectId, deleted: rows }),
  };
  return runDeletion(steps, deleted);
}
