import { z } from 'zod';
import { exec, many, maybeOne, type Queryable } from './pool.ts';

const teamRow = z.object({ id: z.string(), slug: z.string(), name: z.string() });

export type Team = z.output<typeof teamRow>;

/** Null when the organization has a team with this slug. */
export function createTeam(
  db: Queryable,
  team: Readonly<{ organizationId: string; slug: string; name: string }>,
): Promise<Team | null> {
  return maybeOne(db, teamRow, {
    name: 'createTeam',
    text: `insert into team (organization_id, slug, name) values ($1, $2, $3)
           on conflict on constraint team_organization_id_slug_key do nothing
           returning id, slug, name`,
    values: [team.organizationId, team.slug, team.name],
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

/** Puts a member on teams; where it is one already, it stays. */
export async function addTeamMember(
  db: Queryable,
  memberId: string,
  teamIds: readonly string[],
): Promise<void> {
  await exec(db, {
    name: 'addTeamMember',
    text: `insert into team_member (team_id, member_id)
           select team_id, $1 from unnest($2::bigint[]) as team_id
           on conflict on constraint team_member_pkey do nothing`,
    values: [memberId, teamIds],
  });
}
