import {
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { releaseWorkflowId, type ReleaseKey } from '../../domain/operation.ts';
import { Coalescer } from '../../infra/coalescer.ts';
import { drainUpdate, DrainResult } from '../../workflows/messages.ts';
import type { release } from '../../workflows/release.ts';
import { releaseStart } from '../../workflows/releaseStart.ts';

/** Asks the actor of a release to look into its mailbox; callers of one release share the question. */
export class ReleaseActor {
  private readonly coalescer = new Coalescer<DrainResult>();
  private readonly client: Client;
  private readonly waitMs: number;

  constructor(client: Client, waitMs: number) {
    this.client = client;
    this.waitMs = waitMs;
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
      ...releaseStart(key, organizationSlug),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    try {
      return await this.client.withDeadline(Date.now() + this.waitMs, () =>
        this.client.workflow.executeUpdateWithStart(drainUpdate, { startWorkflowOperation: start }),
      );
    } catch (error) {
      // An accepted update is not carried into the next run (temporal 1.4): the next run has an answer.
      if (error instanceof WorkflowUpdateFailedError) return DrainResult.again;
      throw error;
    }
  }
}
