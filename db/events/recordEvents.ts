import { createHash } from 'node:crypto';
import { z } from 'zod';
import { maybeOne, type Queryable } from '../pool.ts';
import { usableKeys } from './findIngestKeys.ts';
import { bounds, keyOf, must, type PlacedEvent } from './placedEvent.ts';

/**
 * A count of people beyond this stands still: who has as many need not know how many more there are, and an issue of
 * everybody must not fill the disk with its people.
 */
const USERS_MAX = 100_000;

/** Of a timestamp down to its hour: `YYYY-MM-DDTHH`. */
const HOUR_LENGTH = 13;

const recordedRow = z.object({ is_ready: z.boolean(), recorded: z.array(z.number()).nullable() });

/**
 * Inserts events that are not there yet and notes how many they are for whoever counts them on their issues
 * (countPending.ts), in one statement whatever they are. A client that sends an event again, or two at the same time,
 * has it counted once; a person counts once for an issue.
 *
 * All or nothing: where the events belong may be known from a moment ago, so the statement looks first whether their
 * keys may still be used and their issues, releases and environments are still there, and with `isOpenOnly` whether
 * the issues are open. Rows are locked and inserted in the order of their keys, so that batches of several processes wait for each
 * other and never in a circle.
 * @returns the events that were new; with `isOpenOnly` none, because nothing follows from them; null when nothing was
 * done.
 */
export async function recordEvents(
  db: Queryable,
  events: readonly PlacedEvent[],
  { isOpenOnly }: Readonly<{ isOpenOnly: boolean }>,
): Promise<readonly PlacedEvent[] | null> {
  const sorted = [...events].sort(byPrimaryKey);
  const notes = notesOf(sorted);
  const row = await maybeOne(db, recordedRow, {
    name: 'recordEvents',
    // The data travels as one JSON list: as an array parameter every quote in it would be escaped twice.
    text: `with ready as materialized (
             -- Locked as a reference would be: no issue is deleted while it gets events.
             select (select count(*)
                       from (select from group_
                              where id = any($8::bigint[]) and (status = 'unresolved' or not $9)
                              order by id for key share) locked) = cardinality($8::bigint[])
                and (select count(*) from environment where id = any($10::bigint[])) = cardinality($10::bigint[])
                and (select count(*) from release where id = any($11::bigint[])) = cardinality($11::bigint[])
                and (select count(*) from ${usableKeys} and project_key.public_key = any($12::text[]))
                    = cardinality($12::text[]) as is_ready),
           inserted as (
             insert into event (project_id, event_id, group_id, timestamp, release_id, environment_id, data)
             select *
               from rows from (
                      unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[]),
                      json_array_elements($7::json)) as given
              where (select is_ready from ready)
             on conflict on constraint event_pkey do nothing
             returning project_id, event_id, group_id, timestamp),
           -- People who are known are only looked up. Who comes with an event that was there already was noted with it.
           people as (
             insert into group_user (group_id, user_hash, project_id)
             select distinct inserted.group_id, given.user_hash, inserted.project_id
               from inserted
               join unnest($1::bigint[], $2::uuid[], $13::bigint[]) as given (project_id, event_id, user_hash)
              using (project_id, event_id)
               join group_ on group_.id = inserted.group_id and user_count < $14
              where given.user_hash is not null
              order by group_id, user_hash
             on conflict on constraint group_user_pkey do nothing
             returning group_id),
           noted as (
             insert into pending_count (group_id, hour, events, people, first_seen, last_seen, level, culprit, title,
                                        message, metadata)
             select seen.group_id, seen.hour, counts.events,
                    case when counts.is_first
                         then (select count(*) from people where people.group_id = seen.group_id) else 0 end,
                    seen.first_seen, seen.last_seen, seen.level, seen.culprit, seen.title, seen.message, seen.metadata
               from unnest($15::bigint[], $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::text[],
                           $20::text[], $21::text[], $22::text[], $23::json[])
                 as seen (group_id, hour, first_seen, last_seen, level, culprit, title, message, metadata)
               -- People are noted in one of the hours of their issue that have new events.
               join (select group_id, date_trunc('hour', timestamp, 'UTC') as hour, count(*) as events,
                            row_number() over (partition by group_id) = 1 as is_first
                       from inserted group by 1, 2) counts
                 on (counts.group_id, counts.hour) = (seen.group_id, seen.hour))
           select is_ready,
                  case when not $9 then (
                    select json_agg(given.position - 1)
                      from inserted
                      join unnest($1::bigint[], $2::uuid[]) with ordinality as given (project_id, event_id, position)
                     using (project_id, event_id)) end as recorded
             from ready`,
    values: [
      sorted.map(({ projectId }) => projectId),
      sorted.map(({ event }) => event.eventId),
      sorted.map(({ group }) => group.groupId),
      sorted.map(({ event }) => event.timestamp),
      sorted.map(({ release }) => release?.id ?? null),
      sorted.map(({ environmentId }) => environmentId),
      JSON.stringify(sorted.map(({ event }) => event.data)),
      distinct(sorted.map(({ group }) => group.groupId)),
      isOpenOnly,
      distinct(sorted.map(({ environmentId }) => environmentId)),
      distinct(sorted.flatMap(({ release }) => release?.id ?? [])),
      distinct(sorted.map(({ publicKey }) => publicKey)),
      sorted.map(({ event: { user } }) => (user === null ? null : hashOf(user))),
      USERS_MAX,
      notes.map(({ groupId }) => groupId),
      notes.map(({ hour }) => hour),
      notes.map(({ firstSeen }) => firstSeen),
      notes.map(({ newest }) => newest.timestamp),
      notes.map(({ newest }) => newest.level),
      notes.map(({ newest }) => newest.culprit),
      notes.map(({ newest }) => newest.title),
      notes.map(({ newest }) => newest.message),
      notes.map(({ newest }) => JSON.stringify(newest.metadata)),
    ],
  });
  if (row?.is_ready !== true) return null;
  return (row.recorded ?? []).map((position) => must(sorted[position]));
}

type Note = Readonly<{
  groupId: string;
  hour: string;
  firstSeen: string;
  newest: PlacedEvent['event'];
}>;

/** The events of each issue in each hour, which are to be counted together. */
function notesOf(events: readonly PlacedEvent[]): Note[] {
  const hourOf = ({ event }: PlacedEvent): string => event.timestamp.slice(0, HOUR_LENGTH);
  return [...Map.groupBy(events, (one) => keyOf(one.group.groupId, hourOf(one))).values()].map(
    (members) => {
      const { first, last } = bounds(members);
      return {
        groupId: first.group.groupId,
        hour: `${hourOf(first)}:00Z`,
        firstSeen: first.event.timestamp,
        newest: last.event,
      };
    },
  );
}

function byPrimaryKey(a: PlacedEvent, b: PlacedEvent): number {
  if (a.projectId !== b.projectId) return a.projectId < b.projectId ? -1 : 1;
  return a.event.eventId < b.event.eventId ? -1 : 1;
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** 64 bits: two of a hundred thousand people are taken for one in one issue of four billion. */
function hashOf(user: string): string {
  return createHash('sha256').update(user).digest().readBigInt64BE().toString();
}
