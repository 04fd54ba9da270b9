import type { ReleaseKey } from '../../domain/operation.ts';

export type FetchTarget = Readonly<{
  releaseId: string;
  repositoryId: string;
  /** Whose wish is fetched: a later operation may want something else of the same repository. */
  operationId: string;
}>;

/** What one attempt to fetch a repository came to. Failures that time may mend are results, not errors. */
export type FetchResult =
  | Readonly<{ state: 'fetched' }>
  /** Nothing is left to do: given up, failed for good, or the release is gone. */
  | Readonly<{ state: 'ended' }>
  /** The host does not know the head yet. */
  | Readonly<{ state: 'waiting' }>
  | Readonly<{ state: 'retry'; afterMs: number }>;

/** Database work of a fetch: short, on the workflow's own worker. */
export type FetchStateActivities = {
  listFetchRepositories(
    input: Readonly<{ releaseId: string; operationId: string }>,
  ): Promise<readonly string[]>;
  /** Hands what has been fetched to the release, as a `setCommits` operation like anyone else's. */
  submitFetchedCommits(
    input: Readonly<{
      release: ReleaseKey;
      organizationSlug: string;
      releaseId: string;
      /** The run of the workflow: attempts of one run are one operation. */
      runId: string;
    }>,
  ): Promise<Readonly<{ submitted: boolean }>>;
  /** Ends the fetch of a repository with a reason; a re-sync takes it up again. */
  failFetch(input: FetchTarget & Readonly<{ reason: string }>): Promise<void>;
};

/** Talks to the SCM host: slow, paged, heartbeats. */
export type FetchRangeActivities = {
  fetchRange(input: FetchTarget): Promise<FetchResult>;
};
