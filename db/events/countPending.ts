import { z } from 'zod';
import { one, type Queryable, type Transaction } from '../pool.ts';

/** One pass writes a few hundred issues as a rule, for which nobody waits long. */
const PASS_ROWS = 2_000;

const passRow = z.object({ rows: z.coerce.number() });

/**
 * Counts on their issues, and in their hours, the events that are stored and not counted yet, whoever stored them.
 * What is being counted by somebody else meanwhile is waited for: afterwards everything that was committed before the
 * call is counted.
 */
export async function countPending(db: Queryable): Promise<void> {
  let rows;
  do rows = await countPass(db, 'countPending', 'order by id limit $1 for update', PASS_ROWS);
  while (rows === PASS_ROWS);
}

/**
 * The same for some issues, within the transaction that stored their events. It holds rows for which whoever counts may
 * be waiting, so it leaves them what they have begun. One pass: a second one would lock issues out of their order.
 */
export async function countPendingOf(tx: Transaction, groupIds: readonly string[]): Promise<void> {
  const chosen = 'where group_id = any($1::bigint[]) order by id for update skip locked';
  await countPass(tx, 'countPendingOf', chosen, groupIds);
}

/** @param chosen which rows are counted, by the one value. */
async function countPass(
  db: Queryable,
  name: string,
  chosen: string,
  value: number | readonly string[],
): Promise<number> {
  const { rows } = await one(db, passRow, {
    name,
    // Rows are locked in the order of their keys, issues in that of theirs: several who count never wait in a circle.
    // Rows are locked before they are deleted also because the limit then is of those that nobody else has counted
    // meanwhile: a pass that is not full was the last. Whoever needs "locked" reads it whole, so all locks come first.
    // What is joined to issues is one row for each, because Postgres takes "taken" for a handful of rows.
    text: `with taken as (
             delete from pending_count
              where id = any(array(select id from pending_count ${chosen}))
             returning *),
           -- Texts are those of the newest event.
           seen as materialized (
             select distinct on (group_id) group_id, last_seen, level, culprit, title, message, metadata,
                    sum(events) over all_of_it as events, sum(people) over all_of_it as people,
                    min(first_seen) over all_of_it as first_seen
               from taken
             window all_of_it as (partition by group_id)
              order by group_id, last_seen desc, id desc),
           locked as materialized (
             select id from group_ where id in (select group_id from seen) order by id for no key update),
           hours as (
             insert into group_hour (group_id, hour, count)
             select group_id, hour, sum(events)
               from taken
              where group_id = any(array(select id from locked))
              group by group_id, hour
              order by group_id, hour
             on conflict on constraint group_hour_pkey do update set count = group_hour.count + excluded.count),
           counted as (
             update group_
                set times_seen = times_seen + seen.events,
                    user_count = user_count + seen.people,
                    first_seen = least(group_.first_seen, seen.first_seen),
                    last_seen = greatest(group_.last_seen, seen.last_seen),
                    level = case when seen.last_seen >= group_.last_seen then seen.level else group_.level end,
                    culprit = case when seen.last_seen >= group_.last_seen then seen.culprit else group_.culprit end,
                    title = case when seen.last_seen >= group_.last_seen then seen.title else group_.title end,
                    message = case when seen.last_seen >= group_.last_seen then seen.message else group_.message end,
                    metadata = case when seen.last_seen >= group_.last_seen then seen.metadata else group_.metadata end
               from seen
              where group_.id = seen.group_id and (select count(*) from locked) > 0)
           select count(*) as rows from taken`,
    values: [value],
  });
  return rows;
}
