import { z } from 'zod';
import type { OffsetWindow } from '../domain/offsetPage.ts';
import { roles, type Role } from '../domain/scopes.ts';
import { exec, many, maybeOne, type Queryable, type Transaction } from './pool.ts';
import { userJson, type UserView } from './releases/releaseView.ts';

const memberRow = z
  .object({
    id: z.string(),
    role: z.enum(roles),
    date_added: z.string(),
    user: z.custom<UserView>(),
    teams: z.array(z.string()),
  })
  .transform(({ date_added, ...row }) => ({ ...row, dateAdded: date_added }));

export type MemberView = z.output<typeof memberRow>;

const memberColumns = `member.id, member.role, member.date_added, ${userJson} as user,
  array(select team.slug from team_member join team on team.id = team_member.team_id
         where team_member.member_id = member.id order by team.slug) as teams`;

const memberTables = `member
  join app_user on app_user.id = member.user_id
  left join user_email email on email.user_id = app_user.id and email.is_primary`;

export type MemberFilter = Readonly<{
  organizationId: string;
  /** A LIKE pattern over name, username and e-mail. */
  pattern: string | null;
  role: string | null;
  teamId: string | null;
}>;

/** By e-mail, then username. */
export function listMembers(
  db: Queryable,
  filter: MemberFilter,
  window: OffsetWindow,
): Promise<MemberView[]> {
  return many(db, memberRow, {
    name: 'listMembers',
    text: `select ${memberColumns}
             from ${memberTables}
            where member.organization_id = $1
              and ($2::text is null
                   or app_user.name ilike $2 or app_user.username ilike $2 or email.email ilike $2)
              and ($3::text is null or member.role = $3)
              and ($4::bigint is null or exists (
                    select from team_member where team_member.member_id = member.id and team_id = $4))
            order by email.email, app_user.username, member.id
           offset $5 limit $6`,
    values: [
      filter.organizationId,
      filter.pattern,
      filter.role,
      filter.teamId,
      window.offset,
      window.limit,
    ],
  });
}

export function findMember(
  db: Queryable,
  organizationId: string,
  memberId: string,
): Promise<MemberView | null> {
  return maybeOne(db, memberRow, {
    name: 'findMember',
    text: `select ${memberColumns} from ${memberTables}
            where member.organization_id = $1 and member.id = $2`,
    values: [organizationId, memberId],
  });
}

const ownersRow = z.object({ id: z.string() });

/**
 * Locks the owners of an organization, so that two requests cannot each take away the other's last one.
 * Answers the ids of their memberships.
 */
export async function lockOwners(tx: Transaction, organizationId: string): Promise<string[]> {
  const owners = await many(tx, ownersRow, {
    name: 'lockOwners',
    text: `select id from member where organization_id = $1 and role = 'owner' order by id for update`,
    values: [organizationId],
  });
  return owners.map(({ id }) => id);
}

/** Adds a user to an organization; null when they are a member already. */
export async function addMember(
  tx: Transaction,
  member: Readonly<{ organizationId: string; userId: string; role: Role | null }>,
): Promise<string | null> {
  const row = await maybeOne(tx, z.object({ id: z.string() }), {
    name: 'addMember',
    text: `insert into member (organization_id, user_id, role)
           select id, $2::bigint, coalesce($3::text, default_role) from organization where id = $1
           on conflict on constraint member_organization_id_user_id_key do nothing
           returning id`,
    values: [member.organizationId, member.userId, member.role],
  });
  return row?.id ?? null;
}

export async function setMemberRole(tx: Transaction, memberId: string, role: Role): Promise<void> {
  await exec(tx, {
    name: 'setMemberRole',
    text: 'update member set role = $2 where id = $1',
    values: [memberId, role],
  });
}

/** Puts a member on exactly these teams. */
export async function setMemberTeams(
  tx: Transaction,
  memberId: string,
  teamIds: readonly string[],
): Promise<void> {
  await exec(tx, {
    name: 'setMemberTeams',
    text: `with left_teams as (
             delete from team_member where member_id = $1 and not team_id = any($2::bigint[]))
           insert into team_member (team_id, member_id)
           select team_id, $1 from unnest($2::bigint[]) as team_id
           on conflict on constraint team_member_pkey do nothing`,
    values: [memberId, teamIds],
  });
}

/** Answers whether there was such a member. */
export async function removeMember(tx: Transaction, memberId: string): Promise<boolean> {
  const removed = await exec(tx, {
    name: 'removeMember',
    text: 'delete from member where id = $1',
    values: [memberId],
  });
  return removed > 0;
}
