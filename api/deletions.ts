import type { Client } from '@temporalio/client';
import type { Logger } from '../infra/logger.ts';
import type { deleteProject } from '../workflows/deleteProject.ts';
import { deleteProjectStart, type DeletionOrder } from '../workflows/deleteProjectStart.ts';

/** The reconciler starts what could not be started here, so a caller is not kept waiting for it. */
const START_MS = 3_000;

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
    try {
      await this.client.withDeadline(Date.now() + START_MS, () =>
        this.client.workflow.start<typeof deleteProject>(
          'deleteProject',
          deleteProjectStart(order),
        ),
      );
    } catch (error) {
      this.logger.warn({ err: error, ...order }, 'The reconciler will start a deletion');
    }
  }
}
