import { createHash } from 'node:crypto';
import { z } from 'zod';
import { many, type Queryable } from '../pool.ts';
import { bounds, type PlacedEvent } from './placedEvent.ts';

/**
 * A count of people beyond this stands still: who has as many need not know how many more there are, and an issue of
 * everybody must not fill the disk with its people.
 */
const USERS_MAX = 100_000;

const recordedRow = z.object({ position: z.coerce.number(), is_recorded: z.boolean() });

/**
 * Inserts events that are not there yet and counts them on their issues, in one statement whatever they are. A client
 * that sends an event again, or two at the same time, has it counted once; a person counts once for an issue.
 *
 * One statement for the sake of a hot issue: its row is locked from the count to the commit, and here nothing but the
 * commit is left. Rows are locked in one order, so that batches of several processes wait for each other and never in a
 * circle.
 * @returns the positions in the list of those that were new, and of those that were left alone: their issue, release
 * or environment is gone, or, with `isOpenOnly`, the issue is not open any more.
 */
export async function recordEvents(
  db: Queryable,
  events: readonly PlacedEvent[],
  { isOpenOnly }: Readonly<{ isOpenOnly: boolean }>,
): Promise<Readonly<{ recorded: number[]; left: number[] }>> {
  const groups = [...Map.groupBy(events, ({ group }) => group.groupId)].map(([id, members]) => {
    const { first, last } = bounds(members);
    return { id, firstSeen: first.event.timestamp, newest: last.event };
  });
  const rows = await many(db, recordedRow, {
    name: 'recordEvents',
    // The data travels as one JSON list: as an array parameter every quote in it would be escaped twice.
    // Looked up by the ids: "exists" for each event makes Postgres hash whole tables.
    text: `with takers as materialized (
             select id from group_ where id = any($9::bigint[]) and (status = 'unresolved' or not $18)),
           environments as materialized (
             select id from environment where id = any($6::bigint[])),
           releases as materialized (
             select id from release where id = any($5::bigint[])),
           given as materialized (
             select given.*,
                    group_id in (select id from takers)
                    and environment_id in (select id from environments)
                    and (release_id is null or release_id in (select id from releases)) as is_taken
               from rows from (
                      unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[],
                             $7::bigint[]),
                      json_array_elements($8::json)
                    ) with ordinality
                      as given (project_id, event_id, group_id, timestamp, release_id, environment_id, user_hash, data,
                                position)),
           inserted as (
             insert into event (project_id, event_id, group_id, timestamp, release_id, environment_id, data)
             select project_id, event_id, group_id, timestamp, release_id, environment_id, data from given
              where is_taken
              order by project_id, event_id
             on conflict on constraint event_pkey do nothing
             returning project_id, event_id),
           recorded as materialized (
             select position, group_id, project_id, user_hash, timestamp
               from given join inserted using (project_id, event_id)),
           -- People who are known are only looked up.
           people as (
             insert into group_user (group_id, user_hash, project_id)
             select distinct group_id, user_hash, recorded.project_id
               from recorded join group_ on group_.id = group_id and user_count < $17
              where user_hash is not null
              order by group_id, user_hash
             on conflict on constraint group_user_pkey do nothing
             returning group_id),
           counts as (
             select seen.*, (select count(*) from recorded where group_id = seen.id) as events,
                    (select count(*) from people where group_id = seen.id) as people
               from unnest($9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[], $14::text[],
                           $15::text[], $16::json[])
                 as seen (id, first_seen, last_seen, level, culprit, title, message, metadata)
              where exists (select from recorded where group_id = seen.id)),
           locked as materialized (
             select group_.id from group_ join counts using (id) order by group_.id for no key update of group_),
           -- Whoever comes here holds the issues of these rows, so nobody waits for anybody a second time.
           hours as (
             insert into group_hour (group_id, hour, count)
             select group_id, date_trunc('hour', timestamp, 'UTC') as hour, count(*)
               from recorded join locked on locked.id = group_id
              group by group_id, hour
              order by group_id, hour
             on conflict on constraint group_hour_pkey do update set count = group_hour.count + excluded.count),
           -- Texts are those of the newest event.
           counted as (
             update group_
                set times_seen = times_seen + counts.events,
                    user_count = user_count + counts.people,
                    first_seen = least(group_.first_seen, counts.first_seen),
                    last_seen = greatest(group_.last_seen, counts.last_seen),
                    level = case when counts.last_seen >= group_.last_seen then counts.level else group_.level end,
                    culprit = case when counts.last_seen >= group_.last_seen then counts.culprit else group_.culprit end,
                    title = case when counts.last_seen >= group_.last_seen then counts.title else group_.title end,
                    message = case when counts.last_seen >= group_.last_seen then counts.message else group_.message end,
                    metadata = case when counts.last_seen >= group_.last_seen then counts.metadata else group_.metadata end
               from counts join locked using (id)
              where group_.id = counts.id)
           select position - 1 as position, true as is_recorded from recorded
            union all
           select position - 1, false from given where not is_taken`,
    values: [
      events.map(({ projectId }) => projectId),
      events.map(({ event }) => event.eventId),
      events.map(({ group }) => group.groupId),
      events.map(({ event }) => event.timestamp),
      events.map(({ release }) => release?.id ?? null),
      events.map(({ environmentId }) => environmentId),
      events.map(({ event }) => (event.user === null ? null : hashOf(event.user))),
      JSON.stringify(events.map(({ event }) => event.data)),
      groups.map(({ id }) => id),
      groups.map(({ firstSeen }) => firstSeen),
      groups.map(({ newest }) => newest.timestamp),
      groups.map(({ newest }) => newest.level),
      groups.map(({ newest }) => newest.culprit),
      groups.map(({ newest }) => newest.title),
      groups.map(({ newest }) => newest.message),
      groups.map(({ newest }) => JSON.stringify(newest.metadata)),
      USERS_MAX,
      isOpenOnly,
    ],
  });
  const positions = (isRecorded: boolean): number[] =>
    rows.filter((row) => row.is_recorded === isRecorded).map((row) => row.position);
  return { recorded: positions(true), left: positions(false) };
}

/** 64 bits: two of a hundred thousand people are taken for one in one issue of four billion. */
function hashOf(user: string): string {
  return createHash('sha256').update(user).digest().readBigInt64BE().toString();
}
