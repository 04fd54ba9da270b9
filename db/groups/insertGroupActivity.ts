import { exec, type Transaction } from '../pool.ts';

/** The kinds of activity that concern one group (groups-projects-orgs 1.2). */
export type GroupActivityType =
  | 'set_resolved'
  | 'set_unresolved'
  | 'set_ignored'
  | 'set_regression'
  | 'assigned'
  | 'unassigned'
  | 'set_resolved_in_release'
  | 'set_resolved_in_commit'
  | 'set_resolved_in_pull_request'
  | 'referenced_in_commit'
  | 'pull_request_closed'
  | 'pull_request_merged'
  | 'pull_request_reopened'
  | 'mark_reviewed'
  | 'auto_set_ongoing'
  | 'set_priority'
  | 'set_public'
  | 'set_private'
  | 'create_issue'
  | 'set_resolved_by_age';

export type GroupActivity = Readonly<{
  groupId: string;
  type: GroupActivityType;
  ident?: string | null;
  userId?: string | null;
  data?: Readonly<Record<string, unknown>>;
}>;

/** Appends to the timelines of groups, in order. */
export async function insertGroupActivity(
  tx: Transaction,
  activities: readonly GroupActivity[],
): Promise<void> {
  if (activities.length === 0) return;
  await exec(tx, {
    name: 'insertGroupActivity',
    text: `insert into activity (project_id, group_id, type, ident, user_id, data)
           select group_.project_id, group_.id, given.type, left(given.ident, 64), given.user_id, given.data
             from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::json[]) with ordinality
                  as given (group_id, type, ident, user_id, data, position)
             join group_ on group_.id = given.group_id
            order by given.position`,
    values: [
      activities.map((activity) => activity.groupId),
      activities.map((activity) => activity.type),
      activities.map((activity) => activity.ident ?? null),
      activities.map((activity) => activity.userId ?? null),
      activities.map((activity) => JSON.stringify(activity.data ?? {})),
    ],
  });
}
