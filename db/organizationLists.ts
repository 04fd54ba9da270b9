import { z } from 'zod';
import type { OffsetWindow } from '../domain/offsetPage.ts';
import { many, type Queryable } from './pool.ts';
import { platformsJson, repositoryJson, type RepositoryView } from './releases/releaseView.ts';

const organizationRow = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    status: z.string(),
    date_added: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    slug: row.slug,
    name: row.name,
    status: row.status,
    dateAdded: row.date_added,
  }));

export type OrganizationView = z.output<typeof organizationRow>;

/** Active organizations of a user, or the one of an organization token, by slug. */
export function listOrganizations(
  db: Queryable,
  of: Readonly<{ userId: string } | { organizationId: string }>,
  window: OffsetWindow,
): Promise<OrganizationView[]> {
  return many(db, organizationRow, {
    name: 'listOrganizations',
    text: `select id, slug, name, status, date_added
             from organization
            where status = 'active'
              and case when $1::bigint is null then id = $2
                       else id in (select organization_id from member where user_id = $1) end
            order by slug
           offset $3 limit $4`,
    values: [
      'userId' in of ? of.userId : null,
      'organizationId' in of ? of.organizationId : null,
      window.offset,
      window.limit,
    ],
  });
}

const projectRow = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    platform: z.string().nullable(),
    status: z.string(),
    first_event: z.string().nullable(),
    date_added: z.string(),
    is_member: z.boolean(),
    is_bookmarked: z.boolean(),
    platforms: z.array(z.string()),
    teams: z.custom<readonly Readonly<{ id: string; slug: string; name: string }>[]>(),
  })
  .transform(({ first_event, date_added, is_member, is_bookmarked, ...row }) => ({
    ...row,
    firstEvent: first_event,
    dateAdded: date_added,
    isMember: is_member,
    isBookmarked: is_bookmarked,
  }));

export type ProjectView = z.output<typeof projectRow>;

/**
 * Active projects by slug, each with its teams; `memberId` decides `isMember` and `isBookmarked`, `ids` null means all,
 * and so do teams that are not given.
 */
export function listProjects(
  db: Queryable,
  filter: Readonly<{
    organizationId: string;
    memberId: string | null;
    ids: readonly string[] | null;
    teamIds?: readonly string[];
  }>,
  window: OffsetWindow,
): Promise<ProjectView[]> {
  return many(db, projectRow, {
    name: 'listProjects',
    text: `select id, slug, name, platform, status, first_event, date_added,
                  exists (
                    select from project_team join team_member using (team_id)
                     where project_team.project_id = project.id and team_member.member_id = $2) as is_member,
                  exists (
                    select from project_bookmark join member using (user_id)
                     where project_bookmark.project_id = project.id and member.id = $2) as is_bookmarked,
                  (select coalesce(json_agg(json_build_object('id', team.id::text, 'slug', team.slug, 'name', team.name)
                                            order by team.slug), '[]')
                     from project_team join team on team.id = project_team.team_id
                    where project_team.project_id = project.id) as teams,
                  ${platformsJson} as platforms
             from project
            where organization_id = $1 and status = 'active' and ($3::bigint[] is null or id = any($3))
              and ($6::bigint[] is null or exists (
                    select from project_team where project_team.project_id = project.id and team_id = any($6)))
            order by slug
           offset $4 limit $5`,
    values: [
      filter.organizationId,
      filter.memberId,
      filter.ids,
      window.offset,
      window.limit,
      filter.teamIds ?? null,
    ],
  });
}

const repositoryRow = z
  .object({ repository: z.custom<RepositoryView>() })
  .transform((row) => row.repository);

/** Active repositories by name. */
export function listRepositories(
  db: Queryable,
  organizationId: string,
  filter: Readonly<{ query: string | null }>,
  window: OffsetWindow,
): Promise<RepositoryView[]> {
  return many(db, repositoryRow, {
    name: 'listRepositories',
    text: `select ${repositoryJson} as repository
             from repository
            where organization_id = $1 and status = 'active' and ($2::text is null or name ilike $2)
            order by name, id
           offset $3 limit $4`,
    values: [organizationId, filter.query, window.offset, window.limit],
  });
}
