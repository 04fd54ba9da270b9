import type { Client } from '@temporalio/client';
import { announceIssues } from '../../db/outbox/announceIssues.ts';
import { appendOutbox } from '../../db/outbox/appendOutbox.ts';
import { EventRelay } from '../../db/outbox/eventRelay.ts';
import type { WaitingDelivery } from '../../db/outbox/relayEvents.ts';
import type { Pool, Transaction } from '../../db/pool.ts';
import type { OutboxEvent } from '../../domain/outboxEvents.ts';
import type { Logger } from '../../infra/logger.ts';
import type { deliver } from '../../workflows/deliver.ts';
import { deliverStart, type DeliveryTimes } from '../../workflows/deliverStart.ts';

/** Appends events inside the transaction of a step. */
export type Announce = (
  tx: Transaction,
  organizationId: string,
  events: readonly OutboxEvent[],
) => Promise<void>;

/** The same for issues that a step resolved, and for the trackers that they are linked to. */
export type AnnounceResolved = (
  tx: Transaction,
  organizationId: string,
  groupIds: readonly string[],
  data: Readonly<Record<string, unknown>>,
) => Promise<void>;

export type Announcer = Readonly<{ events: Announce; resolved: AnnounceResolved }>;

export type OutboxRelayDependencies = Readonly<{
  pool: Pool;
  client: Client;
  logger: Logger;
  /** Those of the product unless given. */
  deliveryTimes?: DeliveryTimes | undefined;
}>;

/** Also lets the steps of a worker announce events, and relays those once they have committed. */
export class OutboxRelay extends EventRelay {
  constructor({ client, deliveryTimes, ...deps }: OutboxRelayDependencies) {
    const startDelivery = (delivery: WaitingDelivery): Promise<unknown> =>
      client.workflow.start<typeof deliver>('deliver', deliverStart(delivery, deliveryTimes));
    super({ ...deps, startDelivery });
  }

  /**
   * Runs work that may announce events, and relays them once it has committed. Nobody waits for that, and what goes
   * wrong there is made up for by the reconciler: the events are stored.
   */
  async relaying<T>(work: (announcer: Announcer) => Promise<T>): Promise<T> {
    const organizations = new Set<string>();
    try {
      return await work({
        events: async (tx, organizationId, events) => {
          const deliveries = await appendOutbox(tx, organizationId, events);
          if (deliveries > 0) organizations.add(organizationId);
        },
        resolved: async (tx, organizationId, groupIds, data) => {
          const type = 'issue.resolved';
          const deliveries = await announceIssues(tx, organizationId, type, groupIds, data);
          if (deliveries > 0) organizations.add(organizationId);
        },
      });
    } finally {
      // Also after a failure: parts of a run may have committed.
      for (const organizationId of organizations) this.relaySoon(organizationId);
    }
  }
}
