import { z } from 'zod';
import { one, type Queryable } from '../pool.ts';

const assigneesRow = z
  .object({ user_ids: z.array(z.string()), team_ids: z.array(z.string()) })
  .transform((row) => ({ userIds: row.user_ids, teamIds: row.team_ids }));

/** Who is looking: `me` in a search is this user. */
export type Searcher = Readonly<{
  organization: Readonly<{ id: string }>;
  principal: Readonly<{ kind: string; userId?: string }>;
}>;

/**
 * The people and teams that a search for assignees means: `me`, `my_teams`, `#team`, or a member by username or e-mail.
 * Unknown names mean nobody.
 */
export function findAssignees(
  db: Queryable,
  { organization, principal }: Searcher,
  names: readonly string[],
): Promise<z.output<typeof assigneesRow>> {
  const teams = names.filter((name) => name.startsWith('#')).map((name) => name.slice(1));
  return one(db, assigneesRow, {
    name: 'findAssignees',
    text: `select array(
                    select app_user.id::text
                      from app_user join member on member.user_id = app_user.id and member.organization_id = $1
                     where ($2 and app_user.id = $3)
                        or lower(app_user.username) = any($5::text[])
                        or exists (select from user_email
                                    where user_email.user_id = app_user.id and lower(email) = any($5))) as user_ids,
                  array(
                    select team.id::text from team
                     where team.organization_id = $1
                       and (lower(team.slug) = any($6::text[])
                            or ($4 and exists (
                                  select from team_member join member on member.id = team_member.member_id
                                   where team_member.team_id = team.id and member.user_id = $3)))) as team_ids`,
    values: [
      organization.id,
      names.includes('me'),
      principal.userId ?? null,
      names.includes('my_teams'),
      names.map((name) => name.toLowerCase()),
      teams.map((slug) => slug.toLowerCase()),
    ],
  });
}
