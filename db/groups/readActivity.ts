import { z } from 'zod';
import type { OffsetWindow } from '../../domain/offsetPage.ts';
import { many, type Queryable } from '../pool.ts';
import {
  commitJson,
  pullRequestJson,
  userById,
  type CommitView,
  type PullRequestView,
  type UserView,
} from '../releases/releaseView.ts';
import type { GroupProjectView } from './groupView.ts';

export type ActivityIssueView = Readonly<{ id: string; number: string; title: string }>;

const activityRow = z
  .object({
    id: z.string(),
    type: z.string(),
    ident: z.string().nullable(),
    user: z.custom<UserView | null>(),
    data: z.custom<Readonly<Record<string, unknown>>>(),
    date_added: z.string(),
    commit: z.custom<CommitView | null>(),
    pull_request: z.custom<PullRequestView | null>(),
    issue: z.custom<ActivityIssueView | null>(),
    project: z.custom<GroupProjectView>(),
  })
  .transform(({ date_added, pull_request, ...row }) => ({
    ...row,
    dateAdded: date_added,
    pullRequest: pull_request,
  }));

export type ActivityView = z.output<typeof activityRow>;

/** An internal id in the data, as number or text; null for anything else. */
const idIn = (key: string): string =>
  `case when activity.data ->> '${key}' ~ '^[0-9]{1,18}$' then (activity.data ->> '${key}')::bigint end`;

/** `activity` and `project` must be in scope. */
const activityColumns = `activity.id, activity.type, activity.ident, activity.data, activity.date_added,
  ${userById('activity.user_id')} as user,
  (select ${commitJson} from commit where commit.id = ${idIn('commit')}) as commit,
  (select ${pullRequestJson} from pull_request where pull_request.id = ${idIn('pull_request')}) as pull_request,
  (select json_build_object('id', group_.id::text, 'number', group_.short_id::text, 'title', group_.title)
     from group_ where group_.id = activity.group_id) as issue,
  json_build_object('id', project.id::text, 'slug', project.slug, 'name', project.name,
                    'platform', project.platform) as project`;

/** The timeline of one issue, newest first. */
export function listGroupActivity(
  db: Queryable,
  groupId: string,
  limit: number,
): Promise<ActivityView[]> {
  return many(db, activityRow, {
    name: 'listGroupActivity',
    text: `select ${activityColumns}
             from activity join project on project.id = activity.project_id
            where activity.group_id = $1
            order by activity.date_added desc, activity.id desc
            limit $2`,
    values: [groupId, limit],
  });
}

/** What happened in projects, newest first. */
export function listProjectActivity(
  db: Queryable,
  projectIds: readonly string[],
  window: OffsetWindow,
): Promise<ActivityView[]> {
  return many(db, activityRow, {
    name: 'listProjectActivity',
    // From each project as many as could be shown, in the order of its index.
    text: `with page as materialized (
             select first.id
               from unnest($1::bigint[]) as project (id)
              cross join lateral (
                select activity.id, activity.date_added from activity
                 where activity.project_id = project.id
                 order by activity.date_added desc, activity.id desc
                 limit $2::bigint + $3::bigint) first
              order by first.date_added desc, first.id desc
             offset $2 limit $3)
           select ${activityColumns}
             from page
             join activity on activity.id = page.id
             join project on project.id = activity.project_id
            order by activity.date_added desc, activity.id desc`,
    values: [projectIds, window.offset, window.limit],
  });
}

const historyRow = z
  .object({
    id: z.string(),
    status: z.string(),
    release: z.string().nullable(),
    actor: z.custom<UserView | null>(),
    prev_history_id: z.string().nullable(),
    prev_history_date: z.string().nullable(),
    date_added: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    status: row.status,
    release: row.release,
    actor: row.actor,
    previousId: row.prev_history_id,
    previousDate: row.prev_history_date,
    dateAdded: row.date_added,
  }));

export type HistoryView = z.output<typeof historyRow>;

/** What an issue went through, newest first. */
export function listGroupHistory(
  db: Queryable,
  groupId: string,
  window: OffsetWindow,
): Promise<HistoryView[]> {
  return many(db, historyRow, {
    name: 'listGroupHistory',
    text: `select history.id, history.status, release.version as release,
                  ${userById('history.actor_id')} as actor,
                  history.prev_history_id, history.prev_history_date, history.date_added
             from group_history history left join release on release.id = history.release_id
            where history.group_id = $1
            order by history.id desc
           offset $2 limit $3`,
    values: [groupId, window.offset, window.limit],
  });
}
