import { Coalescer } from '../../infra/coalescer.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Pool } from '../pool.ts';
import {
  listWaitingEvents,
  markRelayed,
  type WaitingDelivery,
  type WaitingEvents,
} from './relayEvents.ts';

export type EventRelayDependencies = Readonly<{
  pool: Pool;
  logger: Logger;
  /** Starts the workflow of a delivery. Starting twice is starting once. */
  startDelivery: (delivery: WaitingDelivery) => Promise<unknown>;
}>;

/** Events of one call; a backlog is the reconciler's. */
export const RELAYED_EVENTS_MAX = 200;

/** Starts in flight: few beside the commands of callers. */
const STARTS_AT_ONCE = 8;

/** Gets events from the transactions that wrote them to the workflows that deliver them. */
export class EventRelay {
  private readonly deps: EventRelayDependencies;
  private readonly coalescer = new Coalescer<number>();

  constructor(deps: EventRelayDependencies) {
    this.deps = deps;
  }

  /** After the commit. Nobody waits for it, and what goes wrong the reconciler makes up for: the events are stored. */
  relaySoon(organizationId: string): void {
    this.coalescer
      .run(organizationId, () => this.relayWaiting(organizationId))
      .catch((error: unknown) => {
        this.deps.logger.warn({ err: error, organizationId }, 'Events wait for the reconciler');
      });
  }

  /** @returns how many events of the organization were relayed. */
  async relayWaiting(organizationId: string): Promise<number> {
    const waiting = await listWaitingEvents(this.deps.pool, organizationId, RELAYED_EVENTS_MAX);
    return this.relay(waiting, { isPatient: false });
  }

  /**
   * Starts one workflow for each delivery, then remembers that: an attempt that died in between loses nothing. One that
   * cannot be started does not keep the others from it, unless all that are started together fail: then whoever is not
   * patient leaves the rest.
   * @returns how many events were relayed.
   */
  async relay(
    { eventIds, deliveries }: WaitingEvents,
    { isPatient }: Readonly<{ isPatient: boolean }>,
  ): Promise<number> {
    if (eventIds.length === 0) return 0;
    const failed = new Set<string>();
    for (let from = 0; from < deliveries.length; from += STARTS_AT_ONCE) {
      const batch = deliveries.slice(from, from + STARTS_AT_ONCE);
      const started = await Promise.all(batch.map((delivery) => this.start(delivery)));
      batch.forEach(({ eventId }, index) => started[index] !== true && failed.add(eventId));
      if (!isPatient && !started.includes(true)) {
        for (const { eventId } of deliveries.slice(from)) failed.add(eventId);
        break;
      }
    }
    const relayed = eventIds.filter((id) => !failed.has(id));
    await markRelayed(this.deps.pool, relayed);
    return relayed.length;
  }

  private async start(delivery: WaitingDelivery): Promise<boolean> {
    try {
      await this.deps.startDelivery(delivery);
      return true;
    } catch (error) {
      const { workflowId } = delivery;
      this.deps.logger.warn({ err: error, workflowId }, 'A delivery could not be started');
      return false;
    }
  }
}
