/** Where a pass goes on; null is its beginning. */
export type PassInput = Readonly<{ cursor: string | null }>;

/** How far one attempt came: a cursor means that there is more. */
export type PassProgress = Readonly<{ rows: number; cursor: string | null }>;

/** Work in chunks that only ever goes forward: what one attempt has done another one does not do again. */
export type PassActivity = (input: PassInput) => Promise<PassProgress>;

export type HousekeepingActivities = {
  /** Ignored issues whose time is over come back. */
  reopenIgnoredIssues: PassActivity;
  /** Resolutions that wait for the next release find one that came by another way than its creation. */
  settleNextReleases: PassActivity;
  /** Issues of projects that want it are resolved when nobody has had them for long enough. */
  resolveAgedIssues: PassActivity;
  /** Events that happened too long ago are deleted; their issues keep what was counted. */
  expireEvents: PassActivity;
  /** What issues had in each hour is deleted when nothing shows it any more. */
  expireIssueCounts: PassActivity;
  /** Operations that finished too long ago are deleted with their bodies; what waits stays. */
  expireOperations: PassActivity;
  /** Issues that somebody has deleted are deleted with everything that hangs on them. */
  deleteRemovedIssues: PassActivity;
  /** Answers to writes are forgotten with the time in which a repeat of them is known. */
  expireAnswers: PassActivity;
};
