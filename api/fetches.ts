import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { fetchCommits } from '../workflows/fetchCommits.ts';
import { fetchStart, fetchWorkflowId, type FetchOrder } from '../workflows/fetchStart.ts';
import { pushedSignal, retryNowSignal } from '../workflows/messages.ts';

/** What the API asks of the workflows that fetch commits. */
export class Fetches {
  private readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  /** Starts the fetch, or ends the pause of the one that runs. */
  async retryNow(order: FetchOrder): Promise<void> {
    await this.client.workflow.signalWithStart<typeof fetchCommits>('fetchCommits', {
      ...fetchStart(order),
      signal: retryNowSignal,
    });
  }

  /** Tells a waiting fetch that its commit may be there; one that has ended has no use for it. */
  async pushed(fetch: Pick<FetchOrder, 'releaseId' | 'operationId'>): Promise<void> {
    try {
      await this.client.workflow.getHandle(fetchWorkflowId(fetch)).signal(pushedSignal);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
