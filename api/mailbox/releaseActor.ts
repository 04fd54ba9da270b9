import {
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { releaseWorkflowId, type ReleaseKey } from '../../domain/operation.ts';
import { Coalescer } from '../../infra/coalescer.ts';
import { drainUpdate, DrainResult } from '../../workflows/messages.ts';
import type { release } from '../../workflows/release.ts';
import { releaseStart, type ReleaseThresholds } from '../../workflows/releaseStart.ts';

/** Asks the actor of a release to look into its mailbox; callers of one release share the question. */
export class ReleaseActor {
  private readonly coalescer = new Coalescer<DrainResult>();
  private readonly client: Client;
  private readonly waitMs: number;
  private readonly thresholds: Partial<ReleaseThresholds>;

  constructor(client: Client, waitMs: number, thresholds: Partial<ReleaseThresholds> = {}) {
    this.client = client;
    this.waitMs = waitMs;
    this.thresholds = thresholds;
  }

  /**
   * Answers when everything that was in the mailbox at the time of the call has been tried.
   * @throws ServiceError when Temporal cannot be reached or no worker answers in time.
   */
  drain(key: ReleaseKey, organizationSlug: string): Promise<DrainResult> {
    return this.coalescer.run(releaseWorkflowId(key), () => this.sendDrain(key, organizationSlug));
  }

  private async sendDrain(key: ReleaseKey, organizationSlug: string): Promise<DrainResult> {
    const start = new WithStartWorkflowOperation<typeof release>('release', {
      ...releaseStart(key, organizationSlug, this.thresholds),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    try {
      return await this.client.withDeadline(Date.now() + this.waitMs, () =>
        this.client.workflow.executeUpdateWithStart(drainUpdate, { startWorkflowOperation: start }),
      );
    } catch (error) {
      if (isRunOver(error)) return DrainResult.again;
      throw error;
    }
  }
}

/**
 * The run ended under an accepted drain (an operator cancelled or terminated it): updates are not carried into the
 * next run, but the next run has an answer (temporal 1.4).
 */
function isRunOver(error: unknown): boolean {
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  const { cause } = error;
  return (
    cause instanceof CancelledFailure ||
    (cause instanceof ApplicationFailure && cause.type === 'AcceptedUpdateCompletedWorkflow')
  );
}
