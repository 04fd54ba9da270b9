export type DeletionInput = Readonly<{ projectId: string }>;

/** How far a deletion came in one attempt. */
export type DeletionProgress = Readonly<{ deleted: number; isDone: boolean }>;

export type DeleteProjectActivities = {
  /** False when the deletion was taken back, or is done. */
  claimProjectDeletion(input: DeletionInput): Promise<{ isClaimed: boolean }>;
  /** Deletes rows in chunks until there are none, or its time is over. */
  deleteProjectRows(input: DeletionInput): Promise<DeletionProgress>;
  removeProject(input: DeletionInput): Promise<void>;
  /** Starts the deletions whose workflow could not be started when they were ordered; bounded per call. */
  startPendingDeletions(): Promise<{ started: number }>;
};
