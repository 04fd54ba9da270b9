import { listWaitingEvents, markRelayed } from '../db/outbox/relayEvents.ts';
import type { Pool } from '../db/pool.ts';
import { Coalescer } from '../infra/coalescer.ts';
import type { Logger } from '../infra/logger.ts';
import type { Deliveries } from './deliveries.ts';

/** What one request or batch leaves; a backlog is the reconciler's. */
const EVENTS_MAX = 200;

/** Starts the deliveries of events that the API process wrote itself: regressions, changes of issues by people. */
export class OutboxRelay {
  private readonly pool: Pool;
  private readonly deliveries: Deliveries;
  private readonly logger: Logger;
  private readonly coalescer = new Coalescer<null>();

  constructor(pool: Pool, deliveries: Deliveries, logger: Logger) {
    this.pool = pool;
    this.deliveries = deliveries;
    this.logger = logger;
  }

  /** After the commit. Nobody waits for it, and what goes wrong the reconciler makes up for: the events are stored. */
  relaySoon(organizationId: string): void {
    this.coalescer
      .run(organizationId, () => this.relay(organizationId))
      .catch((error: unknown) => {
        this.logger.warn({ err: error, organizationId }, 'Events wait for the reconciler');
      });
  }

  private async relay(organizationId: string): Promise<null> {
    const waiting = await listWaitingEvents(this.pool, organizationId, EVENTS_MAX);
    for (const delivery of waiting.deliveries) await this.deliveries.deliverNow(delivery);
    await markRelayed(this.pool, waiting.eventIds);
    return null;
  }
}
