import { z } from 'zod';
import type { IssueQuery } from '../../domain/issues/issueQuery.ts';
import type { OffsetWindow } from '../../domain/offsetPage.ts';
import type { ShortId } from '../../domain/shortId.ts';
import { many, maybeOne, one, type Queryable } from '../pool.ts';
import { groupColumns, groupViewRow, VISIBLE_STATUSES, type GroupView } from './groupView.ts';

/** Which issues a list shows; null and nothing mean no filter. */
export type GroupFilter = AskedAsIs &
  Readonly<{
    projectIds: readonly string[];
    ids: readonly string[] | null;
    assigneeUserIds: readonly string[] | null;
    assigneeTeamIds: readonly string[] | null;
    seenInReleases: readonly string[] | null;
    notSeenInReleases: readonly string[];
    firstReleases: readonly string[] | null;
    notFirstReleases: readonly string[];
    environmentIds: readonly string[] | null;
    shortIds: readonly Readonly<{ projectId: string; number: string }>[] | null;
    /** ILIKE patterns, of which each has to match. */
    patterns: readonly string[];
    seenFrom: string | null;
    seenTo: string | null;
    bookmarkedByIds?: readonly string[] | null;
    subscribedByIds?: readonly string[] | null;
  }>;

/** What of a search needs no look-up: rows have it as people write it. */
type AskedAsIs = Pick<
  IssueQuery,
  'statuses' | 'substatuses' | 'levels' | 'priorities' | 'isAssigned' | 'isForReview' | 'isLinked'
> &
  Partial<Pick<IssueQuery, 'firstSeen' | 'lastSeen' | 'timesSeen'>>;

export const groupSorts = ['date', 'new', 'freq', 'user', 'inbox'] as const;
export type GroupSort = (typeof groupSorts)[number];

const orderColumn: Readonly<Record<GroupSort, string>> = {
  date: 'group_.last_seen',
  new: 'group_.first_seen',
  freq: 'group_.times_seen',
  // Without an index, which each new person of an issue would have to keep up to date: the search's issues are sorted.
  user: 'group_.user_count',
  inbox: '(select date_added from group_inbox where group_inbox.group_id = group_.id)',
};

/** Groups that are not in the inbox come last; the other columns are never null, and their indexes say so. */
const nullsLast: Readonly<Record<GroupSort, string>> = {
  date: '',
  new: '',
  freq: '',
  user: '',
  inbox: ' nulls last',
};

const filterSql = `($2::bigint[] is null or group_.id = any($2))
  and group_.status = any($3::text[])
  and ($4::text[] is null or coalesce(group_.substatus, '') = any($4))
  and ($5::text[] is null or group_.level = any($5))
  and ($6::text[] is null or group_.priority = any($6))
  and ($7::boolean is null or $7 = exists (select from group_assignee a where a.group_id = group_.id))
  and ($8::boolean is null or $8 = exists (select from group_inbox i where i.group_id = group_.id))
  and ($9::boolean is null or $9 = exists (
        select from group_link l where l.group_id = group_.id and l.linked_type = 'external_issue'))
  and ($10::bigint[] is null or exists (
        select from group_assignee a
         where a.group_id = group_.id and (a.user_id = any($10) or a.team_id = any($11::bigint[]))))
  and ($12::bigint[] is null or exists (
        select from group_release seen
         where seen.group_id = group_.id and seen.release_id = any($12)
           and ($16::bigint[] is null or seen.environment_id = any($16))))
  and (cardinality($13::bigint[]) = 0 or not exists (
        select from group_release seen where seen.group_id = group_.id and seen.release_id = any($13)))
  and ($14::bigint[] is null or group_.first_release_id = any($14))
  and (cardinality($15::bigint[]) = 0 or group_.first_release_id is null or group_.first_release_id <> all($15))
  and ($16::bigint[] is null or exists (
        select from group_environment seen where seen.group_id = group_.id and seen.environment_id = any($16)))
  and (cardinality($17::text[]) = 0
       or (group_.title || ' ' || group_.message || ' ' || coalesce(group_.culprit, '')) ilike all($17))
  and ($18::timestamptz is null or group_.last_seen >= $18)
  and ($19::timestamptz is null or group_.first_seen <= $19)
  and ($20::bigint[] is null or (group_.project_id, group_.short_id) in (
        select * from unnest($20, $21::bigint[]) as named (project_id, short_id)))
  and ($22::bigint[] is null or exists (
        select from group_bookmark mark where mark.group_id = group_.id and mark.user_id = any($22)))
  and ($23::bigint[] is null or exists (
        select from group_subscription own
         where own.group_id = group_.id and own.user_id = any($23) and own.is_active))
  and ($24::timestamptz is null or group_.first_seen >= $24)
  and ($25::timestamptz is null or group_.first_seen <= $25)
  and ($26::timestamptz is null or group_.last_seen >= $26)
  and ($27::timestamptz is null or group_.last_seen <= $27)
  and ($28::bigint is null or group_.times_seen >= $28)
  and ($29::bigint is null or group_.times_seen <= $29)`;

function filterValues(filter: GroupFilter): unknown[] {
  return [
    filter.projectIds,
    filter.ids,
    filter.statuses ?? VISIBLE_STATUSES,
    filter.substatuses,
    filter.levels,
    filter.priorities,
    filter.isAssigned,
    filter.isForReview,
    filter.isLinked,
    filter.assigneeUserIds,
    filter.assigneeTeamIds,
    filter.seenInReleases,
    filter.notSeenInReleases,
    filter.firstReleases,
    filter.notFirstReleases,
    filter.environmentIds,
    filter.patterns,
    filter.seenFrom,
    filter.seenTo,
    filter.shortIds?.map(({ projectId }) => projectId) ?? null,
    filter.shortIds?.map(({ number }) => number) ?? null,
    filter.bookmarkedByIds ?? null,
    filter.subscribedByIds ?? null,
    filter.firstSeen?.from ?? null,
    filter.firstSeen?.to ?? null,
    filter.lastSeen?.from ?? null,
    filter.lastSeen?.to ?? null,
    filter.timesSeen?.from ?? null,
    filter.timesSeen?.to ?? null,
  ];
}

/** One page of issues in order, in one statement. */
export function listGroups(
  db: Queryable,
  filter: GroupFilter,
  sort: GroupSort,
  window: OffsetWindow,
): Promise<GroupView[]> {
  return many(db, groupViewRow, {
    name: `listGroups_${sort}`,
    // Each project gives its first groups in the order of an index, and the page is cut from those: an organization
    // with a million issues costs as many rows as are shown. Only the page's groups are dressed.
    text: `with page as materialized (
             select first.id, row_number() over (order by first.sort_key desc nulls last, first.id desc) as position
               from (select unnest($1::bigint[]) as id) project
              cross join lateral (
                select group_.id, ${orderColumn[sort]} as sort_key
                  from group_
                 where group_.project_id = project.id and ${filterSql}
                 order by ${orderColumn[sort]} desc${nullsLast[sort]}, group_.id desc
                 limit $30::bigint + $31::bigint) first
              order by first.sort_key desc nulls last, first.id desc
             offset $30 limit $31)
           select ${groupColumns}
             from page
             join group_ on group_.id = page.id
             join project on project.id = group_.project_id
            order by page.position`,
    values: [...filterValues(filter), window.offset, window.limit],
  });
}

const countRow = z.object({ count: z.coerce.number() });

/** How many issues a list has on all its pages together, counted up to a maximum. */
export async function countGroups(
  db: Queryable,
  filter: GroupFilter,
  max: number,
): Promise<number> {
  const { count } = await one(db, countRow, {
    name: 'countGroups',
    text: `select count(*) from (
             select from group_ where group_.project_id = any($1::bigint[]) and ${filterSql} limit $30) found`,
    values: [...filterValues(filter), max],
  });
  return count;
}

const idRow = z.object({ id: z.string() }).transform((row) => row.id);

/** The ids of issues that a bulk change means, newest first. */
export function findGroupIds(db: Queryable, filter: GroupFilter, limit: number): Promise<string[]> {
  return many(db, idRow, {
    name: 'findGroupIds',
    text: `select group_.id from group_ where group_.project_id = any($1::bigint[]) and ${filterSql} order by group_.last_seen desc, group_.id desc limit $30`,
    values: [...filterValues(filter), limit],
  });
}

export function findGroupById(db: Queryable, id: string): Promise<GroupView | null> {
  return maybeOne(db, groupViewRow, {
    name: 'findGroupById',
    text: `select ${groupColumns}
             from group_ join project on project.id = group_.project_id and project.status = 'active'
            where group_.id = $1 and group_.status = any($2::text[])`,
    values: [id, VISIBLE_STATUSES],
  });
}

/** Slugs are compared in lower case, as short ids are read in any (groups-projects-orgs "Short ids"). */
export function findGroupByShortId(
  db: Queryable,
  organizationId: string,
  { slug, number }: ShortId,
): Promise<GroupView | null> {
  return maybeOne(db, groupViewRow, {
    name: 'findGroupByShortId',
    text: `select ${groupColumns}
             from project join group_ on group_.project_id = project.id
            where project.organization_id = $1 and lower(project.slug) = $2 and project.status = 'active'
              and group_.short_id = $3 and group_.status = any($4::text[])
            limit 1`,
    values: [organizationId, slug, number, VISIBLE_STATUSES],
  });
}

/** More than anybody reads; the list has no pages (groups-projects-orgs 1.11). */
const RESOLVED_MAX = 1_000;

/** Groups that a release resolves, by a resolution bound to it or by a commit in it; in these projects only. */
export function listResolvedGroups(
  db: Queryable,
  releaseId: string,
  projectIds: readonly string[],
): Promise<GroupView[]> {
  return many(db, groupViewRow, {
    name: 'listResolvedGroups',
    text: `with resolved as (
             select group_id from group_resolution where release_id = $1
             union
             select link.group_id
               from release_commit
               join group_link link on link.linked_type = 'commit' and link.linked_id = release_commit.commit_id
              where release_commit.release_id = $1)
           select ${groupColumns}
             from resolved
             join group_ on group_.id = resolved.group_id
             join project on project.id = group_.project_id
            where group_.project_id = any($2::bigint[]) and group_.status = any($3::text[])
            order by group_.last_seen desc, group_.id desc
            limit $4`,
    values: [releaseId, projectIds, VISIBLE_STATUSES, RESOLVED_MAX],
  });
}

const organizationRow = z
  .object({ organization_id: z.string() })
  .transform((row) => row.organization_id);

/** The organization of a group, for paths that do not name one. */
export function findGroupOrganization(db: Queryable, id: string): Promise<string | null> {
  return maybeOne(db, organizationRow, {
    name: 'findGroupOrganization',
    text: `select project.organization_id
             from group_ join project on project.id = group_.project_id
            where group_.id = $1`,
    values: [id],
  });
}
