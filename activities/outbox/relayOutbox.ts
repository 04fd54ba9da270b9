import type { Client } from '@temporalio/client';
import {
  deleteOldEvents,
  listStuckEvents,
  listWaitingEvents,
  markRelayed,
  type WaitingDelivery,
  type WaitingEvents,
} from '../../db/outbox/relayEvents.ts';
import type { Pool } from '../../db/pool.ts';
import type { Logger } from '../../infra/logger.ts';
import type { deliver } from '../../workflows/deliver.ts';
import { deliverStart, type DeliveryTimes } from '../../workflows/deliverStart.ts';

export type RelayDependencies = Readonly<{
  pool: Pool;
  client: Client;
  logger: Logger;
  /** Those of the product unless given. */
  deliveryTimes?: DeliveryTimes | undefined;
}>;

export type RelayActivities = {
  /** Starts the deliveries of events that were left behind, and forgets the oldest ones; bounded per call. */
  relayOutbox(): Promise<{ relayed: number }>;
};

/** Whoever wrote an event relays it within moments, and a started delivery is late by minutes at most. */
const OVERDUE = { unstartedSeconds: 30, startedSeconds: 600 } as const;

/** Events of one call: a backlog after an outage of Temporal is worked off over a few minutes. */
const EVENTS_MAX = 200;

/** Starts in flight: few beside the commands of callers. */
const STARTS_AT_ONCE = 8;

/** Deliveries end within three days; the rest of the month is for people who look something up. */
const KEPT_DAYS = 30;

/** Keeps the statement short; a minute later there is another call. */
const DELETED_MAX = 2_000;

/** Relays the events of an organization, at once. */
export async function relayEvents(deps: RelayDependencies, organizationId: string): Promise<void> {
  await relay(deps, await listWaitingEvents(deps.pool, organizationId, EVENTS_MAX));
}

export async function relayOutbox(deps: RelayDependencies): Promise<{ relayed: number }> {
  const relayed = await relay(deps, await listStuckEvents(deps.pool, OVERDUE, EVENTS_MAX));
  await deleteOldEvents(deps.pool, KEPT_DAYS, DELETED_MAX);
  return { relayed };
}

/**
 * Starts one workflow for each delivery, then remembers that. Starting twice is starting once, so an attempt that died
 * in between loses nothing.
 * @returns how many events were relayed.
 */
async function relay(
  deps: RelayDependencies,
  { eventIds, deliveries }: WaitingEvents,
): Promise<number> {
  if (eventIds.length === 0) return 0;
  const failed = new Set<string>();
  for (let from = 0; from < deliveries.length; from += STARTS_AT_ONCE) {
    await Promise.all(
      deliveries.slice(from, from + STARTS_AT_ONCE).map(async (delivery) => {
        if (!(await start(deps, delivery))) failed.add(delivery.eventId);
      }),
    );
  }
  const relayed = eventIds.filter((id) => !failed.has(id));
  await markRelayed(deps.pool, relayed);
  return relayed.length;
}

/** One that cannot be started does not keep the others from it. */
async function start(deps: RelayDependencies, delivery: WaitingDelivery): Promise<boolean> {
  try {
    await deps.client.workflow.start<typeof deliver>(
      'deliver',
      deliverStart(delivery, deps.deliveryTimes),
    );
    return true;
  } catch (error) {
    deps.logger.warn(
      { err: error, workflowId: delivery.workflowId },
      'A delivery could not be started',
    );
    return false;
  }
}
