import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type {
  DeletionActivities,
  OrganizationDeletionInput,
} from '../activities/deletion/deletionActivities.ts';
import { runDeletion, type DeletionResult } from './deletion.ts';
import { bulkPolicy, shortPolicy } from './retryPolicies.ts';

export type DeleteOrganizationInput = OrganizationDeletionInput & Readonly<{ deleted?: number }>;

const short = proxyActivities<DeletionActivities>(shortPolicy);
const bulk = proxyActivities<DeletionActivities>(bulkPolicy);

/** An organization that was deleted goes for good a day later, with its projects and everything else that it had. */
export async function deleteOrganization({
  organizationId,
  deleted = 0,
}: DeleteOrganizationInput): Promise<DeletionResult> {
  const steps = {
    claim: () => short.claimOrganizationDeletion({ organizationId }),
    deleteRows: () => bulk.deleteOrganizationRows({ organizationId }),
    remove: () => bulk.removeOrganization({ organizationId }),
    continueAsNew: (rows: number) =>
      continueAsNew<typeof deleteOrganization>({ organizationId, deleted: rows }),
  };
  return runDeletion(steps, deleted);
}
