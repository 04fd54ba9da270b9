import type { PendingOperation, ReleaseKey, ReleaseStep } from '../../domain/operation.ts';

/** The operations of one run, as the workflow hands them over: never their bodies. */
export type RunInput = Readonly<{ release: ReleaseKey; operationIds: readonly string[] }>;

/** How many operations this attempt moved on; those another attempt had applied are not counted. */
export type RunResult = Readonly<{ applied: number }>;

export type MailboxQuery = Readonly<{
  release: ReleaseKey;
  /** Where the pass ends: null on its first page. */
  until: string | null;
}>;

export type MailboxPage = Readonly<{
  operations: readonly PendingOperation[];
  /** Where the pass ends when this was not its last page. What arrives later waits for the next pass. */
  until: string | null;
  /** Operations that wait in all. */
  waiting: number;
  /** Slugs of the projects of the release, for the workflow's search attribute. */
  projects: readonly string[];
}>;

/** What the release workflow may ask for; the names are what the Temporal Web UI shows. */
export type ReleaseActivities = {
  nextOperations(query: MailboxQuery): Promise<MailboxPage>;
} & Record<ReleaseStep, (input: RunInput) => Promise<RunResult>>;
