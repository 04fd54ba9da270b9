import type { Client } from '@temporalio/client';
import type { deliver } from '../workflows/deliver.ts';
import { deliverStart, type DeliveryOrder } from '../workflows/deliverStart.ts';
import { retryNowSignal } from '../workflows/messages.ts';

/** A caller who asks for a redelivery is not kept waiting: the reconciler starts it when Temporal is back. */
const BEST_EFFORT_MS = 3_000;

/** What the API asks of the workflows that deliver. */
export class Deliveries {
  private readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  /** Starts the delivery, or ends the pause of the one that runs. */
  async deliverNow(order: DeliveryOrder): Promise<void> {
    await this.client.withDeadline(Date.now() + BEST_EFFORT_MS, () =>
      this.client.workflow.signalWithStart<typeof deliver>('deliver', {
        ...deliverStart(order),
        signal: retryNowSignal,
      }),
    );
  }
}
