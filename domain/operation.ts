/**
 * What an operation may do to a release, in the words of the activities that do it:
 * these names are what an operator reads in the Temporal Web UI.
 */
export const releaseSteps = [
  'createRelease',
  'updateRelease',
  'setCommits',
  'clearCommits',
  'setRefs',
  'recordDeploys',
  'deleteRelease',
] as const;

export type ReleaseStep = (typeof releaseSteps)[number];

/** The workflow's address: one actor for each version of an organization. */
export type ReleaseKey = Readonly<{ organizationId: string; version: string }>;

export function releaseWorkflowId(key: ReleaseKey): string {
  return `release:${key.organizationId}:${key.version}`;
}

/** A pending operation as the workflow sees it: never its body. */
export type PendingOperation = Readonly<{
  id: string;
  steps: readonly ReleaseStep[];
  size: number;
}>;

/** One activity call: operations next to each other that need the same step. */
export type Run = Readonly<{ step: ReleaseStep; operationIds: readonly string[]; size: number }>;

/**
 * Cuts the mailbox into activity calls: order is kept, and neighbours with the same step share one
 * call and so one transaction. Sixty-four callers who each finalize become a single run.
 * @param sizeMax commits that one call takes; only a single operation may be larger, and is then alone in its run.
 */
export function planRuns(operations: readonly PendingOperation[], sizeMax: number): Run[] {
  const runs: { step: ReleaseStep; operationIds: string[]; size: number }[] = [];
  for (const operation of operations) {
    for (const step of operation.steps) {
      // The other steps of an operation with many commits are as short as ever.
      const size = step === 'setCommits' ? operation.size : 0;
      const last = runs.at(-1);
      if (last?.step === step && last.size + size <= sizeMax) {
        last.operationIds.push(operation.id);
        last.size += size;
      } else {
        runs.push({ step, operationIds: [operation.id], size });
      }
    }
  }
  return runs;
}
