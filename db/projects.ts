import { z } from 'zod';
import { exec, maybeOne, type Queryable, type Transaction } from './pool.ts';

const projectRow = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    platform: z.string().nullable(),
    public_key: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    slug: row.slug,
    name: row.name,
    platform: row.platform,
    publicKey: row.public_key,
  }));

export type ProjectWithKey = z.output<typeof projectRow>;

export type NewProject = Readonly<{
  /** A snowflake; without one the database makes it. */
  id?: string;
  organizationId: string;
  name: string;
  /** The best first: one explicit slug, or the candidates of a generated one. */
  slugs: readonly string[];
  platform: string | null;
  teamIds: readonly string[];
  /** 32 hex digits; the default key, without which nothing could send to the project. */
  publicKey: string;
}>;

/**
 * Creates a project with the first of its slugs that is free, its default key and its teams.
 * Nothing is locked: null means that every slug is taken, or that somebody took the chosen one at this very moment.
 */
export function createProject(db: Queryable, project: NewProject): Promise<ProjectWithKey | null> {
  return maybeOne(db, projectRow, {
    name: 'createProject',
    text: `with created as (
             insert into project (id, organization_id, slug, name, platform)
             select coalesce($7::bigint, next_snowflake()), $1::bigint, candidate.slug, $2::text, $3::text
               from unnest($4::text[]) with ordinality as candidate (slug, position)
              where not exists (
                      select from project where organization_id = $1 and project.slug = candidate.slug)
              order by candidate.position
              limit 1
             on conflict on constraint project_organization_id_slug_key do nothing
             returning id, slug, name, platform),
           keyed as (
             insert into project_key (project_id, public_key) select id, $5::text from created returning public_key),
           teamed as (
             insert into project_team (project_id, team_id)
             select created.id, team_id from created, unnest($6::bigint[]) as team_id)
           select created.*, keyed.public_key from created, keyed`,
    values: [
      project.organizationId,
      project.name,
      project.platform,
      project.slugs,
      project.publicKey,
      project.teamIds,
      project.id ?? null,
    ],
  });
}

/** Gives teams access to a project; answers how many did not have it before. */
export function addProjectTeams(
  db: Queryable,
  projectId: string,
  teamIds: readonly string[],
): Promise<number> {
  return exec(db, {
    name: 'addProjectTeams',
    text: `insert into project_team (project_id, team_id)
           select $1, team_id from unnest($2::bigint[]) as team_id
           on conflict on constraint project_team_pkey do nothing`,
    values: [projectId, teamIds],
  });
}

/** Answers whether the team had access. */
export async function removeProjectTeam(
  tx: Transaction,
  projectId: string,
  teamId: string,
): Promise<boolean> {
  const removed = await exec(tx, {
    name: 'removeProjectTeam',
    text: 'delete from project_team where project_id = $1 and team_id = $2',
    values: [projectId, teamId],
  });
  return removed > 0;
}
