import type { Client } from '@temporalio/client';
import type { Logger } from '../infra/logger.ts';
import {
  deletionStart,
  deletionWorkflowId,
  type DeletionOrder,
} from '../workflows/deletionStart.ts';
import { nudgeSignal } from '../workflows/messages.ts';

/** The reconciler starts what could not be started here, so a caller is not kept waiting for it. */
const CALL_MS = 3_000;

/** Sets ordered deletions going. */
export class Deletions {
  private readonly client: Client;
  private readonly logger: Logger;

  constructor(client: Client, logger: Logger) {
    this.client = client;
    this.logger = logger;
  }

  /** The order is stored, so a start that fails is only a delay. */
  async start(order: DeletionOrder): Promise<void> {
    const { workflowType, options } = deletionStart(order);
    try {
      await this.client.withDeadline(Date.now() + CALL_MS, () =>
        this.client.workflow.start(workflowType, options),
      );
    } catch (error) {
      this.logger.warn({ err: error, ...order }, 'The reconciler will start a deletion');
    }
  }

  /** Tells a deletion that waits for its time to look at its order again; unheard, it looks when its time comes. */
  async nudge(target: Pick<DeletionOrder, 'model' | 'id'>): Promise<void> {
    try {
      await this.client.withDeadline(Date.now() + CALL_MS, () =>
        this.client.workflow.getHandle(deletionWorkflowId(target)).signal(nudgeSignal),
      );
    } catch (error) {
      this.logger.warn({ err: error, ...target }, 'A deletion was not told of its change');
    }
  }
}
