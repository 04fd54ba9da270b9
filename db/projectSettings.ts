import { z } from 'zod';
import { exec, maybeOne, type Queryable, type Transaction } from './pool.ts';

const settingsRow = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    platform: z.string().nullable(),
    status: z.string(),
    options: z.record(z.string(), z.unknown()),
  })
  .readonly();

export type ProjectSettings = z.output<typeof settingsRow>;

const settingsColumns = `id, slug, name, platform, status,
  (select coalesce(json_object_agg(key, value), '{}') from project_option where project_id = project.id) as options`;

/** What of an active project people set; null when it is gone. */
export function findProjectSettings(
  db: Queryable,
  projectId: string,
): Promise<ProjectSettings | null> {
  return maybeOne(db, settingsRow, {
    name: 'findProjectSettings',
    text: `select ${settingsColumns} from project where id = $1 and status = 'active'`,
    values: [projectId],
  });
}

/**
 * The same, with the row locked: changes of one project follow each other. The lock is a statement of its own, because
 * one that has waited for a lock still reads other tables as they were when it began.
 */
export async function lockProjectSettings(
  tx: Transaction,
  projectId: string,
): Promise<ProjectSettings | null> {
  await exec(tx, {
    name: 'lockProject',
    text: 'select from project where id = $1 for update',
    values: [projectId],
  });
  return findProjectSettings(tx, projectId);
}

/** Sets what of a project is a column of its own; undefined leaves it as it is. */
export async function updateProjectColumns(
  tx: Transaction,
  projectId: string,
  columns: Readonly<{
    name?: string | undefined;
    slug?: string | undefined;
    platform?: string | null | undefined;
  }>,
): Promise<void> {
  await exec(tx, {
    name: 'updateProjectColumns',
    text: `update project
              set name = coalesce($2, name), slug = coalesce($3, slug),
                  platform = case when $4::boolean then $5 else platform end
            where id = $1`,
    values: [
      projectId,
      columns.name ?? null,
      columns.slug ?? null,
      columns.platform !== undefined,
      columns.platform ?? null,
    ],
  });
}

/** Settings, teams and environments become those of another project; what that one has not is left as it is. */
export async function copyProjectSettings(
  tx: Transaction,
  fromId: string,
  toId: string,
): Promise<void> {
  await exec(tx, {
    name: 'copyProjectSettings',
    text: `with options as (
             insert into project_option (project_id, key, value)
             select $2, key, value from project_option where project_id = $1
             on conflict on constraint project_option_pkey do update set value = excluded.value),
           environments as (
             insert into environment_project (project_id, environment_id, is_hidden)
             select $2, environment_id, is_hidden from environment_project where project_id = $1
             on conflict on constraint environment_project_pkey do update set is_hidden = excluded.is_hidden)
           insert into project_team (project_id, team_id)
           select $2, team_id from project_team where project_id = $1
           on conflict on constraint project_team_pkey do nothing`,
    values: [fromId, toId],
  });
}

/** From now on the old slug leads to the project, whomever it led to before; its new one is its own again. */
export async function redirectSlug(
  tx: Transaction,
  project: Readonly<{ organizationId: string; id: string; oldSlug: string; newSlug: string }>,
): Promise<void> {
  await exec(tx, {
    name: 'redirectSlug',
    text: `with taken_back as (
             delete from slug_redirect where organization_id = $1 and slug = $4 and slug <> $2)
           insert into slug_redirect (organization_id, slug, project_id) values ($1, $2, $3)
           on conflict on constraint slug_redirect_pkey
           do update set project_id = excluded.project_id, date_added = now()`,
    values: [project.organizationId, project.oldSlug, project.id, project.newSlug],
  });
}

const slugRow = z.object({ slug: z.string() });

/**
 * The present slug of the active project that had this slug before; of the teams of one member only when a member is
 * given, so that a rename stays hidden from those who may not see the project.
 */
export async function findMovedProject(
  db: Queryable,
  organizationId: string,
  memberId: string | null,
  slug: string,
): Promise<string | null> {
  const row = await maybeOne(db, slugRow, {
    name: 'findMovedProject',
    text: `select project.slug
             from slug_redirect
             join project on project.id = slug_redirect.project_id
            where slug_redirect.organization_id = $1 and slug_redirect.slug = $3
              and project.status = 'active' and project.slug <> $3
              and ($2::bigint is null or exists (
                    select from project_team join team_member using (team_id)
                     where project_team.project_id = project.id and team_member.member_id = $2))`,
    values: [organizationId, memberId, slug],
  });
  return row?.slug ?? null;
}

/** Another project of the organization that uses the slug. */
export async function findSlugOwner(
  db: Queryable,
  organizationId: string,
  projectId: string,
  slug: string,
): Promise<string | null> {
  const row = await maybeOne(db, z.object({ name: z.string() }), {
    name: 'findSlugOwner',
    text: 'select name from project where organization_id = $1 and slug = $3 and id <> $2',
    values: [organizationId, projectId, slug],
  });
  return row?.name ?? null;
}

export async function setBookmark(
  tx: Transaction,
  projectId: string,
  userId: string,
  isBookmarked: boolean,
): Promise<void> {
  await exec(tx, {
    name: isBookmarked ? 'addBookmark' : 'removeBookmark',
    text: isBookmarked
      ? 'insert into project_bookmark (project_id, user_id) values ($1, $2) on conflict do nothing'
      : 'delete from project_bookmark where project_id = $1 and user_id = $2',
    values: [projectId, userId],
  });
}
