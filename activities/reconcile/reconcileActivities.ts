export type ReconcileActivities = {
  /** Signals the actor of every release whose operations have waited too long; bounded per call. */
  nudgeStaleReleases(): Promise<{ nudged: number }>;
};
