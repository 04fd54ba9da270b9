import type { Claim } from '../../db/deletion/deletionOrders.ts';

export type ProjectDeletionInput = Readonly<{ projectId: string }>;
export type OrganizationDeletionInput = Readonly<{ organizationId: string }>;

export type DeletionClaim = Claim;

/** How far a deletion came in one attempt. */
export type DeletionProgress = Readonly<{ deleted: number; isDone: boolean }>;

/** Each kind of deletion under its own names, which the Web UI shows; they do the same. */
export type DeletionActivities = {
  claimProjectDeletion(input: ProjectDeletionInput): Promise<DeletionClaim>;
  /** Deletes rows in chunks until there are none, or its time is over. */
  deleteProjectRows(input: ProjectDeletionInput): Promise<DeletionProgress>;
  removeProject(input: ProjectDeletionInput): Promise<void>;
  claimOrganizationDeletion(input: OrganizationDeletionInput): Promise<DeletionClaim>;
  deleteOrganizationRows(input: OrganizationDeletionInput): Promise<DeletionProgress>;
  removeOrganization(input: OrganizationDeletionInput): Promise<void>;
  /** Starts the deletions whose workflow could not be started when they were ordered; bounded per call. */
  startPendingDeletions(): Promise<{ started: number }>;
};
