import type { Json } from '../../domain/ingest/trimData.ts';
import { exec, type Transaction } from '../pool.ts';
import type { GroupKey } from './findGroups.ts';

export type NewGroup = GroupKey &
  Readonly<{
    level: string;
    priority: string;
    platform: string;
    logger: string;
    culprit: string;
    title: string;
    message: string;
    metadata: Readonly<Record<string, Json>>;
    firstSeen: string;
    lastSeen: string;
    releaseId: string | null;
    environmentId: string;
  }>;

/**
 * Makes groups of one or several projects, each with its short id, its hash and its place in the inbox. A hash that
 * somebody else was faster with is left to them: look the groups up again afterwards.
 *
 * The row lock of the counter comes first and by a statement of its own, so that the second one sees what others have
 * committed: short ids have no gaps, and a hash never has two groups. A counter that lags behind the groups (restored
 * from a backup, groups moved here) goes on after the greatest short id there is.
 */
export async function createGroups(tx: Transaction, groups: readonly NewGroup[]): Promise<void> {
  await exec(tx, {
    name: 'lockGroupCounters',
    text: `insert into group_counter (project_id)
           select distinct project_id from unnest($1::bigint[]) as project_id order by project_id
           on conflict on constraint group_counter_pkey
           do update set last_short_id = group_counter.last_short_id`,
    values: [groups.map((group) => group.projectId)],
  });
  await exec(tx, {
    name: 'createGroups',
    text: `with given as (
             select *, decode(hash_text, 'hex') as hash
               from rows from (
                 unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                        $9::text[], $10::json[], $11::timestamptz[], $12::timestamptz[], $13::bigint[], $14::bigint[])
               ) with ordinality as given (
                 project_id, hash_text, level, priority, platform, logger, culprit, title, message,
                 metadata, first_seen, last_seen, release_id, environment_id, position)),
           missing as materialized (
             select given.*,
                    greatest(
                      (select last_short_id from group_counter where group_counter.project_id = given.project_id),
                      (select max(short_id) from group_ where group_.project_id = given.project_id))
                      + row_number() over (partition by project_id order by position) as short_id
               from given
              where not exists (
                      select from group_hash
                       where group_hash.project_id = given.project_id and group_hash.hash = given.hash)),
           counted as (
             update group_counter set last_short_id = newest.short_id
               from (select project_id, max(short_id) as short_id from missing group by project_id) newest
              where group_counter.project_id = newest.project_id),
           created as (
             insert into group_ (project_id, short_id, substatus, level, priority, platform, logger, culprit, title,
                                 message, metadata, first_seen, last_seen, active_at, first_release_id)
             select project_id, short_id, 'new', level, priority, platform, logger, culprit, title, message, metadata,
                    first_seen, last_seen, first_seen, release_id
               from missing order by project_id, short_id
             returning id, project_id, short_id),
           hashed as (
             insert into group_hash (project_id, hash, group_id)
             select missing.project_id, missing.hash, created.id from missing join created using (project_id, short_id)),
           listed as (
             insert into group_inbox (group_id, project_id, reason) select id, project_id, 'new' from created),
           seen_platforms as (
             insert into project_platform (project_id, platform)
             select distinct project_id, platform from missing order by project_id, platform
             on conflict on constraint project_platform_pkey do nothing),
           counted_in_releases as (
             update release_project link set new_groups = new_groups + born.count
               from (select release_id, project_id, count(*) from missing
                      where release_id is not null group by release_id, project_id) born
              where (link.release_id, link.project_id) = (born.release_id, born.project_id))
           update release_project_environment link set new_issues_count = new_issues_count + born.count
             from (select release_id, project_id, environment_id, count(*) from missing
                    where release_id is not null group by release_id, project_id, environment_id) born
            where (link.release_id, link.project_id, link.environment_id)
                  = (born.release_id, born.project_id, born.environment_id)`,
    values: [
      groups.map((group) => group.projectId),
      groups.map((group) => group.hash),
      groups.map((group) => group.level),
      groups.map((group) => group.priority),
      groups.map((group) => group.platform),
      groups.map((group) => group.logger),
      groups.map((group) => group.culprit),
      groups.map((group) => group.title),
      groups.map((group) => group.message),
      groups.map((group) => JSON.stringify(group.metadata)),
      groups.map((group) => group.firstSeen),
      groups.map((group) => group.lastSeen),
      groups.map((group) => group.releaseId),
      groups.map((group) => group.environmentId),
    ],
  });
}
