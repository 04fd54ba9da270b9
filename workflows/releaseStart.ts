import { releaseWorkflowId, type ReleaseKey } from '../domain/operation.ts';
import type { ReleaseInput } from './release.ts';
import { slipwayOrg, slipwayRelease, slipwayState } from './searchAttributes.ts';

export const releaseTaskQueue = 'release';

/**
 * Five minutes: longer than the pauses between the steps of a pipeline, short enough that the list of open workflows
 * reads as the list of releases at work.
 */
const IDLE_MS = 5 * 60_000;

/** Replaying 1,000 events takes well under a second, 4,000 already one and a half (temporal 0.8). */
const MAX_EVENTS = 1_000;

/** Up to here one transaction stays under half a second, which a local activity can hold. */
const BULK_SIZE = 2_000;

/**
 * The server takes five seconds less than its default to notice that a worker died in the middle of a task, so that a
 * caller who waits eight still gets an answer. A task takes milliseconds; one with a long local activity heartbeats.
 */
const WORKFLOW_TASK_TIMEOUT_MS = 5_000;

export type ReleaseThresholds = Omit<ReleaseInput, 'release' | 'carried'>;

/** How the actor of a release is started, by whoever needs it first. */
export function releaseStart(
  key: ReleaseKey,
  organizationSlug: string,
  thresholds: Partial<ReleaseThresholds> = {},
) {
  const input: ReleaseInput = {
    release: key,
    idleMs: IDLE_MS,
    maxEvents: MAX_EVENTS,
    bulkSize: BULK_SIZE,
    ...thresholds,
  };
  return {
    workflowId: releaseWorkflowId(key),
    taskQueue: releaseTaskQueue,
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT_MS,
    args: [input] as [ReleaseInput],
    staticSummary: `${organizationSlug} ${key.version}`,
    staticDetails: `Release **${key.version}** of organization **${organizationSlug}**. Its mailbox is the table \`operation\`.`,
    typedSearchAttributes: [
      { key: slipwayOrg, value: organizationSlug },
      { key: slipwayRelease, value: key.version },
      { key: slipwayState, value: 'active' },
    ],
  };
}
