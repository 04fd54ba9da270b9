import type { RefInput } from './commitRange.ts';
import type { CommitInput } from './commitList.ts';

/**
 * The bodies of operations: what a write asks for after validation, with every name resolved to an id,
 * one part for each step. Stored as JSON in the mailbox, so shapes only ever grow.
 */
export type CreateReleaseCommand = Readonly<{
  projectIds: readonly string[];
  ref: string | null;
  url: string | null;
  ownerId: string | null;
  dateReleased: string | null;
  status: ReleaseStatus | null;
  userAgent: string | null;
  /** Which endpoint family asked: they differ in what counts as created and in activity rows (releases-api 3.6). */
  family: 'organization' | 'project';
}>;

export type ReleaseStatus = 'open' | 'archived';

export type UpdateReleaseCommand = Readonly<{
  ref: string | null;
  url: string | null;
  dateReleased: string | null;
  status: ReleaseStatus | null;
  /** Set when the project endpoint asked: only this project gets the RELEASE activity (releases-api 3.7). */
  projectId: string | null;
}>;

export type SetCommitsCommand = Readonly<{ commits: readonly CommitInput[] }>;

/** Ranges that were fetched: their commits are stored already. */
export type SetFetchedCommitsCommand = Readonly<{ rangeIds: readonly string[] }>;

export type SetRefsCommand = Readonly<{ refs: readonly RefInput[]; fetch: boolean }>;

export type RecordDeployCommand = Readonly<{
  environment: string;
  name: string | null;
  url: string | null;
  dateStarted: string | null;
  dateFinished: string | null;
  /** Null means every project of the release. */
  projectIds: readonly string[] | null;
  /** SHA-256 (hex) of what was sent and by whom; null when an Idempotency-Key says better (ADR 0004). */
  fingerprint: string;
  hasIdempotencyKey: boolean;
}>;

export type OperationBody = Readonly<{
  createRelease?: CreateReleaseCommand;
  updateRelease?: UpdateReleaseCommand;
  /** The step `setCommits` takes either of these two. */
  setCommits?: SetCommitsCommand;
  setFetchedCommits?: SetFetchedCommitsCommand;
  setRefs?: SetRefsCommand;
  recordDeploys?: RecordDeployCommand;
}>;

/** Who asked: kept with the operation for activity rows, audit and the fetch. */
export type OperationActor = Readonly<{
  kind: 'user' | 'organization' | 'system';
  userId: string | null;
  tokenId: string | null;
}>;

/** What the applied steps leave for the reply. */
export type OperationOutcome =
  | Readonly<{ status: 200 | 201 | 204 | 208; releaseId: string; deployId?: string }>
  | Readonly<{ status: 400 | 404 | 409 | 500; error: Readonly<Record<string, unknown>> }>;
