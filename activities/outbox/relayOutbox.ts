import { RELAYED_EVENTS_MAX, type EventRelay } from '../../db/outbox/eventRelay.ts';
import { deleteOldEvents, listStuckEvents } from '../../db/outbox/relayEvents.ts';
import type { Pool } from '../../db/pool.ts';

export type RelayActivities = {
  /** Starts the deliveries of events that were left behind, and forgets the oldest ones; bounded per call. */
  relayOutbox(): Promise<{ relayed: number }>;
};

/** Whoever wrote an event relays it within moments, and a started delivery is late by minutes at most. */
const OVERDUE = { unstartedSeconds: 30, startedSeconds: 600 } as const;

/** Deliveries end within three days; the rest of the month is for people who look something up. */
const KEPT_DAYS = 30;

/** Keeps the statement short; a minute later there is another call. */
const DELETED_MAX = 2_000;

/** A backlog after an outage of Temporal is worked off over a few minutes. */
export async function relayOutbox(pool: Pool, relay: EventRelay): Promise<{ relayed: number }> {
  const stuck = await listStuckEvents(pool, OVERDUE, RELAYED_EVENTS_MAX);
  const relayed = await relay.relay(stuck, { isPatient: true });
  await deleteOldEvents(pool, KEPT_DAYS, DELETED_MAX);
  return { relayed };
}
