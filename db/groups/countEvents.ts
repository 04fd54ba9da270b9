import type { Json } from '../../domain/ingest/trimData.ts';
import { exec, type Transaction } from '../pool.ts';

/** What a batch adds to one group; texts are those of its newest event. */
export type GroupCount = Readonly<{
  groupId: string;
  count: number;
  /** People who did not have the issue before. */
  newUsers: number;
  firstSeen: string;
  lastSeen: string;
  level: string;
  culprit: string;
  title: string;
  message: string;
  metadata: Readonly<Record<string, Json>>;
}>;

/** One update for each group, however many events it got; in the order of ids, so that batches cannot deadlock. */
export async function countEvents(tx: Transaction, counts: readonly GroupCount[]): Promise<void> {
  await exec(tx, {
    name: 'countEvents',
    text: `with given as (
             select * from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[],
                                  $7::text[], $8::text[], $9::json[], $10::bigint[])
               as given (id, count, first_seen, last_seen, level, culprit, title, message, metadata, new_users)),
           locked as materialized (
             select group_.id from group_ join given using (id) order by group_.id for no key update of group_)
           update group_
              set times_seen = times_seen + given.count,
                  user_count = user_count + given.new_users,
                  first_seen = least(group_.first_seen, given.first_seen),
                  last_seen = greatest(group_.last_seen, given.last_seen),
                  level = case when given.last_seen >= group_.last_seen then given.level else group_.level end,
                  culprit = case when given.last_seen >= group_.last_seen then given.culprit else group_.culprit end,
                  title = case when given.last_seen >= group_.last_seen then given.title else group_.title end,
                  message = case when given.last_seen >= group_.last_seen then given.message else group_.message end,
                  metadata = case when given.last_seen >= group_.last_seen then given.metadata else group_.metadata end
             from given join locked using (id)
            where group_.id = given.id`,
    values: [
      counts.map((count) => count.groupId),
      counts.map((count) => count.count),
      counts.map((count) => count.firstSeen),
      counts.map((count) => count.lastSeen),
      counts.map((count) => count.level),
      counts.map((count) => count.culprit),
      counts.map((count) => count.title),
      counts.map((count) => count.message),
      counts.map((count) => JSON.stringify(count.metadata)),
      counts.map((count) => count.newUsers),
    ],
  });
}
