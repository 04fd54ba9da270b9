import { z } from 'zod';
import { many, type Queryable } from '../pool.ts';
import type { EventView } from './readEvents.ts';

const neighboursRow = z
  .object({
    position: z.coerce.number(),
    previous_id: z.string().nullable(),
    next_id: z.string().nullable(),
  })
  .transform((row) => ({
    position: row.position,
    previousId: row.previous_id?.replaceAll('-', '') ?? null,
    nextId: row.next_id?.replaceAll('-', '') ?? null,
  }));

/** The events of a group that came before and after one; null at the ends. */
export type EventNeighbours = Readonly<{ previousId: string | null; nextId: string | null }>;

/** Of each event its neighbours, in the order of the events; one statement for all of them. */
export function readNeighbours(
  db: Queryable,
  events: readonly EventView[],
): Promise<EventNeighbours[]> {
  return many(db, neighboursRow, {
    name: 'readNeighbours',
    text: `select given.position,
                  (select event_id from event earlier
                    where earlier.group_id = given.group_id
                      and (earlier.timestamp, earlier.event_id) < (given.timestamp, given.event_id)
                    order by earlier.timestamp desc, earlier.event_id desc
                    limit 1) as previous_id,
                  (select event_id from event later
                    where later.group_id = given.group_id
                      and (later.timestamp, later.event_id) > (given.timestamp, given.event_id)
                    order by later.timestamp, later.event_id
                    limit 1) as next_id
             from unnest($1::bigint[], $2::timestamptz[], $3::uuid[]) with ordinality
                  as given (group_id, timestamp, event_id, position)
            order by given.position`,
    values: [
      events.map(({ groupId }) => groupId),
      events.map(({ timestamp }) => timestamp),
      events.map(({ eventId }) => eventId),
    ],
  });
}
