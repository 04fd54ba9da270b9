import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import type { fetchCommits } from '../workflows/fetchCommits.ts';
import { fetchStart, fetchWorkflowId, type FetchOrder } from '../workflows/fetchStart.ts';
import { pushedSignal, retryNowSignal } from '../workflows/messages.ts';
import {
  resyncSchedule,
  resyncScheduleId,
  type ResyncRepository,
} from '../workflows/resyncSchedule.ts';

/**
 * For what happens by itself a little later when Temporal cannot be reached: a caller is not kept waiting for it, and
 * hosts give up on a webhook after ten seconds.
 */
const BEST_EFFORT_MS = 3_000;

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
      await this.client.withDeadline(Date.now() + BEST_EFFORT_MS, () =>
        this.client.workflow.getHandle(fetchWorkflowId(fetch)).signal(pushedSignal),
      );
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  /**
   * Has a repository looked at now and from now on; the schedule `schedule-resyncs` would care for the latter in a few
   * minutes. An operator's pause is respected.
   */
  async startResync(repository: ResyncRepository): Promise<void> {
    const schedule = resyncSchedule(repository);
    await this.client.withDeadline(Date.now() + BEST_EFFORT_MS, async () => {
      try {
        await this.client.schedule.create({ ...schedule, state: { triggerImmediately: true } });
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        const handle = this.client.schedule.getHandle(schedule.scheduleId);
        const { state } = await handle.describe();
        if (!state.paused) await handle.trigger();
      }
    });
  }

  async stopResync(repositoryId: string): Promise<void> {
    const handle = this.client.schedule.getHandle(resyncScheduleId(repositoryId));
    try {
      await this.client.withDeadline(Date.now() + BEST_EFFORT_MS, () => handle.delete());
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }
}
