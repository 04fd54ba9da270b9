import { z } from 'zod';
import { exec, many, maybeOne, type Queryable, type Transaction } from './pool.ts';

const teamRow = z.object({ id: z.string(), slug: z.string(), name: z.string() });

export type Team = z.output<typeof teamRow>;

/** Null when the organization has a team with this slug. Without an id, a snowflake, the database makes one. */
export function createTeam(
  db: Queryable,
  team: Readonly<{ id?: string; organizationId: string; slug: string; name: string }>,
): Promise<Team | null> {
  return maybeOne(db, teamRow, {
    name: 'createTeam',
    text: `insert into team (id, organization_id, slug, name)
           values (coalesce($4::bigint, next_snowflake()), $1, $2, $3)
           on conflict on constraint team_organization_id_slug_key do nothing
           returning id, slug, name`,
    values: [team.organizationId, team.slug, team.name, team.id ?? null],
  });
}

/** Those of the named teams that exist. */
export function findTeams(
  db: Queryable,
  organizationId: string,
  slugs: readonly string[],
): Promise<Team[]> {
  return many(db, teamRow, {
    name: 'findTeams',
    text: `select id, slug, name from team where organization_id = $1 and slug = any($2::text[]) order by slug`,
    values: [organizationId, slugs],
  });
}

/** Puts a member on teams; answers on how many it was not before. */
export function addTeamMember(
  db: Queryable,
  memberId: string,
  teamIds: readonly string[],
): Promise<number> {
  return exec(db, {
    name: 'addTeamMember',
    text: `insert into team_member (team_id, member_id)
           select team_id, $1 from unnest($2::bigint[]) as team_id
           on conflict on constraint team_member_pkey do nothing`,
    values: [memberId, teamIds],
  });
}

/** Answers whether the member was on the team. */
export async function removeTeamMember(
  tx: Transaction,
  memberId: string,
  teamId: string,
): Promise<boolean> {
  const removed = await exec(tx, {
    name: 'removeTeamMember',
    text: 'delete from team_member where team_id = $2 and member_id = $1',
    values: [memberId, teamId],
  });
  return removed > 0;
}

/** Sets name and slug; undefined leaves them. Null when the team is gone. */
export function updateTeam(
  tx: Transaction,
  teamId: string,
  columns: Readonly<{ name?: string | undefined; slug?: string | undefined }>,
): Promise<Team | null> {
  return maybeOne(tx, teamRow, {
    name: 'updateTeam',
    text: `update team set name = coalesce($2, name), slug = coalesce($3, slug)
            where id = $1 returning id, slug, name`,
    values: [teamId, columns.name ?? null, columns.slug ?? null],
  });
}

/** Its projects and people lose it; null when it is gone already. */
export function deleteTeam(tx: Transaction, teamId: string): Promise<Team | null> {
  return maybeOne(tx, teamRow, {
    name: 'deleteTeam',
    text: 'delete from team where id = $1 returning id, slug, name',
    values: [teamId],
  });
}
