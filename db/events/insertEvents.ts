import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';

export type EventRow = Readonly<{
  projectId: string;
  /** 32 hex digits. */
  eventId: string;
  groupId: string;
  timestamp: string;
  releaseId: string | null;
  environmentId: string;
  data: unknown;
}>;

const positionRow = z.object({ position: z.coerce.number() }).transform((row) => row.position);

/**
 * Inserts events that are not there yet; answers the positions of those in the list that were new. A client that sends
 * an event again, or two at the same time, has it counted once.
 */
export function insertEvents(tx: Transaction, events: readonly EventRow[]): Promise<number[]> {
  return many(tx, positionRow, {
    name: 'insertEvents',
    // The data travels as one JSON list: as an array parameter every quote in it would be escaped twice.
    text: `with given as materialized (
             select * from rows from (
               unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[]),
               json_array_elements($7::json)
             ) with ordinality
               as given (project_id, event_id, group_id, timestamp, release_id, environment_id, data, position)),
           inserted as (
             insert into event (project_id, event_id, group_id, timestamp, release_id, environment_id, data)
             select project_id, event_id, group_id, timestamp, release_id, environment_id, data from given
              order by project_id, event_id
             on conflict on constraint event_pkey do nothing
             returning project_id, event_id)
           select position - 1 as position from given join inserted using (project_id, event_id)`,
    values: [
      events.map((event) => event.projectId),
      events.map((event) => event.eventId),
      events.map((event) => event.groupId),
      events.map((event) => event.timestamp),
      events.map((event) => event.releaseId),
      events.map((event) => event.environmentId),
      JSON.stringify(events.map((event) => event.data)),
    ],
  });
}

const knownRow = z
  .object({ project_id: z.string(), event_id: z.string() })
  .transform((row) => ({ projectId: row.project_id, eventId: row.event_id.replaceAll('-', '') }));

/** Which of these events are there already. */
export function findKnownEvents(
  tx: Transaction,
  events: readonly Readonly<{ projectId: string; eventId: string }>[],
): Promise<z.output<typeof knownRow>[]> {
  return many(tx, knownRow, {
    name: 'findKnownEvents',
    text: `select project_id, event_id
             from event join unnest($1::bigint[], $2::uuid[]) as given (project_id, event_id) using (project_id, event_id)`,
    values: [events.map((event) => event.projectId), events.map((event) => event.eventId)],
  });
}
