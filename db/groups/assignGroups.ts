import { z } from 'zod';
import { maybeOne, many, type Queryable, type Transaction } from '../pool.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';

export type Assignee = Readonly<
  { type: 'user'; id: string; email: string | null } | { type: 'team'; id: string; email: null }
>;

const idRow = z.object({ group_id: z.string() }).transform((row) => row.group_id);

/** Assigns groups, or with null takes the assignment away; only changes are told. Answers the groups that changed. */
export async function assignGroups(
  tx: Transaction,
  groupIds: readonly string[],
  assignee: Assignee | null,
  actorId: string | null,
): Promise<string[]> {
  const changed =
    assignee === null
      ? await many(tx, idRow, {
          name: 'unassignGroups',
          text: 'delete from group_assignee where group_id = any($1::bigint[]) returning group_id',
          values: [groupIds],
        })
      : await many(tx, idRow, {
          name: 'assignGroups',
          text: `insert into group_assignee (group_id, user_id, team_id)
                 select id, $2::bigint, $3::bigint from unnest($1::bigint[]) as id order by id
                 on conflict on constraint group_assignee_pkey
                 do update set user_id = excluded.user_id, team_id = excluded.team_id, date_added = now()
                  where (group_assignee.user_id, group_assignee.team_id)
                        is distinct from (excluded.user_id, excluded.team_id)
                 returning group_id`,
          values: [
            groupIds,
            assignee.type === 'user' ? assignee.id : null,
            assignee.type === 'team' ? assignee.id : null,
          ],
        });
  const type = assignee === null ? 'unassigned' : 'assigned';
  await insertGroupActivity(
    tx,
    changed.map((groupId) => ({
      groupId,
      type,
      userId: actorId,
      data:
        assignee === null
          ? {}
          : { assignee: assignee.id, assigneeEmail: assignee.email, assigneeType: assignee.type },
    })),
  );
  await insertGroupHistory(
    tx,
    changed.map((groupId) => ({ groupId, status: type, actorId })),
  );
  return changed;
}

const candidateRow = z
  .object({
    type: z.enum(['user', 'team']),
    id: z.string(),
    email: z.string().nullable(),
    is_active: z.boolean(),
    has_access: z.boolean(),
  })
  .transform((row) => ({
    assignee:
      row.type === 'user'
        ? ({ type: 'user', id: row.id, email: row.email } as const)
        : ({ type: 'team', id: row.id, email: null } as const),
    isActive: row.is_active,
    hasAccess: row.has_access,
  }));

export type AssigneeCandidate = z.output<typeof candidateRow>;

/**
 * Whom a text names: `team:<id>`, `user:<id>`, a user's id, username or e-mail. Access means a team of every one of
 * the projects. Null for nobody of the organization.
 */
export function findAssignee(
  db: Queryable,
  organizationId: string,
  projectIds: readonly string[],
  text: string,
): Promise<AssigneeCandidate | null> {
  const [, kind, id] = /^(?:(user|team):)?(\d{1,18})$/.exec(text) ?? [];
  return maybeOne(db, candidateRow, {
    name: 'findAssignee',
    text: `select 'user' as type, app_user.id, email.email, app_user.is_active,
                  not exists (
                    select from unnest($2::bigint[]) as project (id)
                     where not exists (
                             select from project_team join team_member using (team_id)
                              where project_team.project_id = project.id and team_member.member_id = member.id)
                  ) as has_access
             from app_user
             join member on member.user_id = app_user.id and member.organization_id = $1
             left join user_email email on email.user_id = app_user.id and email.is_primary
            where $3::text <> 'team'
              and (app_user.id = $4
                   or $3 = '' and (lower(app_user.username) = lower($5) or lower(email.email) = lower($5)))
           union all
           select 'team', team.id, null, true,
                  not exists (
                    select from unnest($2) as project (id)
                     where not exists (select from project_team
                                        where project_team.project_id = project.id and project_team.team_id = team.id))
             from team
            where $3 = 'team' and team.id = $4 and team.organization_id = $1
            limit 1`,
    values: [organizationId, projectIds, kind ?? '', id ?? null, text],
  });
}
