import { createHash } from 'node:crypto';
import { z } from 'zod';
import { maybeOne, type Queryable } from '../pool.ts';
import { usableKeys } from './findIngestKeys.ts';
import { bounds, distinctBy, keyOf, must, type PlacedEvent } from './placedEvent.ts';

/**
 * A count of people beyond this stands still: who has as many need not know how many more there are, and an issue of
 * everybody must not fill the disk with its people.
 */
const USERS_MAX = 100_000;

const recordedRow = z.object({ is_ready: z.boolean(), recorded: z.array(z.number()).nullable() });

/**
 * Inserts events that are not there yet and counts them on their issues, in one statement whatever they are. A client
 * that sends an event again, or two at the same time, has it counted once; a person counts once for an issue.
 *
 * All or nothing: where the events belong may be known from a moment ago, so the statement looks first whether their
 * keys may still be used and their issues, releases and environments are still there, and with `isOpenOnly` whether
 * the issues are open. Locks are taken in one order, issues before events before whatever hangs on an issue, and in the
 * order of their keys, so that batches of several processes wait for each other and never in a circle.
 * @returns the events that were new; with `isOpenOnly` none, because nothing follows from them; null when nothing was
 * done.
 */
export async function recordEvents(
  db: Queryable,
  events: readonly PlacedEvent[],
  { isOpenOnly }: Readonly<{ isOpenOnly: boolean }>,
): Promise<readonly PlacedEvent[] | null> {
  const sorted = [...events].sort(byPrimaryKey);
  const groups = [...Map.groupBy(sorted, ({ group }) => group.groupId)].map(([id, members]) => {
    const { first, last } = bounds(members);
    return { id, firstSeen: first.event.timestamp, newest: last.event };
  });
  const people = peopleOf(sorted);
  const row = await maybeOne(db, recordedRow, {
    name: 'recordEvents',
    // The data travels as one JSON list: as an array parameter every quote in it would be escaped twice.
    text: `with ready as materialized (
             select (select count(*)
                       from (select from group_
                              where id = any($8::bigint[]) and (status = 'unresolved' or not $23)
                              order by id for no key update) locked) = cardinality($8::bigint[])
                and (select count(*) from environment where id = any($16::bigint[])) = cardinality($16::bigint[])
                and (select count(*) from release where id = any($17::bigint[])) = cardinality($17::bigint[])
                and (select count(*) from ${usableKeys} and project_key.public_key = any($18::text[]))
                    = cardinality($18::text[]) as is_ready),
           inserted as (
             insert into event (project_id, event_id, group_id, timestamp, release_id, environment_id, data)
             select *
               from rows from (
                      unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[]),
                      json_array_elements($7::json)) as given
              where (select is_ready from ready)
             on conflict on constraint event_pkey do nothing
             returning project_id, event_id, group_id, timestamp),
           -- People who are known are only looked up.
           people as (
             insert into group_user (group_id, user_hash, project_id)
             select given.*
               from unnest($19::bigint[], $20::bigint[], $21::bigint[]) as given (group_id, user_hash, project_id)
               join group_ on group_.id = given.group_id and user_count < $22
              where (select is_ready from ready)
             on conflict on constraint group_user_pkey do nothing
             returning group_id),
           hours as (
             insert into group_hour (group_id, hour, count)
             select group_id, date_trunc('hour', timestamp, 'UTC') as hour, count(*)
               from inserted
              group by group_id, hour
              order by group_id, hour
             on conflict on constraint group_hour_pkey do update set count = group_hour.count + excluded.count),
           -- Texts are those of the newest event.
           counted as (
             update group_
                set times_seen = times_seen + counts.events,
                    user_count = user_count + (select count(*) from people where people.group_id = seen.id),
                    first_seen = least(group_.first_seen, seen.first_seen),
                    last_seen = greatest(group_.last_seen, seen.last_seen),
                    level = case when seen.last_seen >= group_.last_seen then seen.level else group_.level end,
                    culprit = case when seen.last_seen >= group_.last_seen then seen.culprit else group_.culprit end,
                    title = case when seen.last_seen >= group_.last_seen then seen.title else group_.title end,
                    message = case when seen.last_seen >= group_.last_seen then seen.message else group_.message end,
                    metadata = case when seen.last_seen >= group_.last_seen then seen.metadata else group_.metadata end
               from unnest($8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::text[],
                           $14::text[], $15::json[])
                 as seen (id, first_seen, last_seen, level, culprit, title, message, metadata)
               join (select group_id, count(*) as events from inserted group by group_id) counts
                 on counts.group_id = seen.id
              where group_.id = seen.id)
           select is_ready,
                  case when not $23 then (
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
      groups.map(({ id }) => id),
      groups.map(({ firstSeen }) => firstSeen),
      groups.map(({ newest }) => newest.timestamp),
      groups.map(({ newest }) => newest.level),
      groups.map(({ newest }) => newest.culprit),
      groups.map(({ newest }) => newest.title),
      groups.map(({ newest }) => newest.message),
      groups.map(({ newest }) => JSON.stringify(newest.metadata)),
      distinct(sorted.map(({ environmentId }) => environmentId)),
      distinct(sorted.flatMap(({ release }) => release?.id ?? [])),
      distinct(sorted.map(({ publicKey }) => publicKey)),
      people.map(({ groupId }) => groupId),
      people.map(({ userHash }) => userHash),
      people.map(({ projectId }) => projectId),
      USERS_MAX,
      isOpenOnly,
    ],
  });
  if (row?.is_ready !== true) return null;
  return (row.recorded ?? []).map((position) => must(sorted[position]));
}

function byPrimaryKey(a: PlacedEvent, b: PlacedEvent): number {
  if (a.projectId !== b.projectId) return a.projectId < b.projectId ? -1 : 1;
  return a.event.eventId < b.event.eventId ? -1 : 1;
}

type Person = Readonly<{ groupId: string; userHash: string; projectId: string }>;

/** Each person of each issue once. */
function peopleOf(events: readonly PlacedEvent[]): Person[] {
  const people = events.flatMap(({ group: { groupId }, event: { user }, projectId }) =>
    user === null ? [] : [{ groupId, user, projectId }],
  );
  return distinctBy(people, ({ groupId, user }) => keyOf(groupId, user)).map(
    ({ groupId, user, projectId }) => ({ groupId, userHash: hashOf(user), projectId }),
  );
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** 64 bits: two of a hundred thousand people are taken for one in one issue of four billion. */
function hashOf(user: string): string {
  return createHash('sha256').update(user).digest().readBigInt64BE().toString();
}
