import { z } from 'zod';
import { exec, many, type Transaction } from '../pool.ts';

/** In minutes and numbers, as people say it; null is no condition. */
export type Snooze = Readonly<{
  durationMinutes: number | null;
  count: number | null;
  windowMinutes: number | null;
  userCount: number | null;
  userWindowMinutes: number | null;
}>;

/**
 * So many of the newest events are looked at for people: the next event looks again, and an issue that is ignored until
 * a thousand people have it would have every one of their events read with each of them.
 */
const USER_EVENTS_MAX = 500;

/** Ignores groups until something happens; null takes back what was said before. */
export async function setSnooze(
  tx: Transaction,
  groupIds: readonly string[],
  snooze: Snooze | null,
  actorId: string | null,
): Promise<void> {
  if (snooze === null) {
    await exec(tx, {
      name: 'clearSnooze',
      text: 'delete from group_snooze where group_id = any($1::bigint[])',
      values: [groupIds],
    });
    return;
  }
  await exec(tx, {
    name: 'setSnooze',
    text: `insert into group_snooze (group_id, until, count, window_minutes, user_count, user_window_minutes,
                                     times_seen_before, actor_id)
           select id, now() + make_interval(mins => $2::integer), $3::bigint, $4::integer, $5::bigint, $6::integer,
                  times_seen, $7::bigint
             from group_ where id = any($1::bigint[]) order by id
           on conflict on constraint group_snooze_pkey
           do update set until = excluded.until, count = excluded.count, window_minutes = excluded.window_minutes,
                         user_count = excluded.user_count, user_window_minutes = excluded.user_window_minutes,
                         times_seen_before = excluded.times_seen_before, actor_id = excluded.actor_id,
                         date_added = now()`,
    values: [
      groupIds,
      snooze.durationMinutes,
      snooze.count,
      snooze.windowMinutes,
      snooze.userCount,
      snooze.userWindowMinutes,
      actorId,
    ],
  });
}

const idRow = z.object({ group_id: z.string() }).transform((row) => row.group_id);

/** Those of the ignored groups whose time has come, after their newest events were counted. */
export function findAwakened(tx: Transaction, groupIds: readonly string[]): Promise<string[]> {
  return many(tx, idRow, {
    name: 'findAwakened',
    text: `select snooze.group_id
             from group_snooze snooze join group_ on group_.id = snooze.group_id
            where snooze.group_id = any($1::bigint[]) and group_.status = 'ignored'
              and (snooze.until <= now()
                   or case when snooze.window_minutes is null
                           then group_.times_seen - snooze.times_seen_before >= snooze.count
                           else snooze.count <= (
                             select count(*) from (
                               select from event
                                where event.group_id = group_.id
                                  and event.timestamp > greatest(snooze.date_added, now() - make_interval(mins => snooze.window_minutes))
                                limit snooze.count) recent) end
                   or snooze.user_count <= (
                        select count(distinct coalesce(person ->> 'id', person ->> 'email', person ->> 'username',
                                                       person ->> 'ip_address'))
                          from (select event.data -> 'user' as person from event
                                 where snooze.user_count is not null and event.group_id = group_.id
                                   and event.timestamp > greatest(snooze.date_added,
                                         now() - make_interval(mins => snooze.user_window_minutes))
                                 order by event.timestamp desc
                                 limit $2) recent
                         where json_typeof(person) = 'object'))`,
    values: [groupIds, USER_EVENTS_MAX],
  });
}
