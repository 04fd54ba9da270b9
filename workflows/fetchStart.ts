import type { ReleaseKey } from '../domain/operation.ts';
import type { FetchInput } from './fetchCommits.ts';
import { slipwayOrg, slipwayRelease } from './searchAttributes.ts';

export const scmTaskQueue = 'scm';

/** One bad half hour of a host; after that the re-sync schedule takes over. */
const RETRY_FOR_MS = 30 * 60_000;
/** A pipeline often runs before its push has arrived, seldom by more than this. */
const WAIT_FOR_PUSH_MS = 30 * 60_000;
/** Most late pushes are late by seconds; a look costs one request. */
const POLL_MS = { first: 2_000, longest: 60_000 } as const;

export type FetchTimes = Pick<FetchInput, 'retryForMs' | 'waitForPushMs' | 'pollMs'>;

export type FetchOrder = Readonly<{
  release: ReleaseKey;
  organizationSlug: string;
  releaseId: string;
  operationId: string;
}>;

export function fetchWorkflowId(order: Pick<FetchOrder, 'releaseId' | 'operationId'>): string {
  return `fetch:${order.releaseId}:${order.operationId}`;
}

/** How the fetch of one operation's refs is started, by whoever finds it wanted. */
export function fetchStart(
  order: FetchOrder,
  times: FetchTimes = {
    retryForMs: RETRY_FOR_MS,
    waitForPushMs: WAIT_FOR_PUSH_MS,
    pollMs: POLL_MS,
  },
) {
  return {
    workflowId: fetchWorkflowId(order),
    taskQueue: scmTaskQueue,
    args: [{ ...order, ...times }] as [FetchInput],
    // A fetch that is under way is the fetch that is wanted.
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    staticSummary: `${order.organizationSlug} ${order.release.version}: fetch commits`,
    typedSearchAttributes: [
      { key: slipwayOrg, value: order.organizationSlug },
      { key: slipwayRelease, value: order.release.version },
    ],
  };
}
