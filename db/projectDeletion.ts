import { z } from 'zod';
import { cancelOrder } from './deletion/deletionOrders.ts';
import { exec, maybeOne, type Queryable, type Transaction } from './pool.ts';

const projectRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  status: z.string(),
});

export type DeletableProject = z.output<typeof projectRow>;

/** Where the slug of a project is kept that waits for its deletion. */
function pendingOption(projectId: string): string {
  return `pending-delete:Project:${projectId}`;
}

/**
 * Takes a project out of sight and frees its slug, which an option of the organization keeps for a change of mind.
 * Null when it is not active any more: somebody has asked before. Answers the project as it was.
 */
export async function markProjectForDeletion(
  tx: Transaction,
  project: Readonly<{ organizationId: string; id: string; placeholderSlug: string }>,
): Promise<DeletableProject | null> {
  const before = await maybeOne(tx, projectRow, {
    name: 'lockActiveProject',
    text: `select id, slug, name, status from project
            where id = $1 and organization_id = $2 and status = 'active' for update`,
    values: [project.id, project.organizationId],
  });
  if (before === null) return null;
  await exec(tx, {
    name: 'markProjectForDeletion',
    text: `with marked as (
             update project set status = 'pending_deletion', slug = $3 where id = $1)
           insert into organization_option (organization_id, key, value) values ($2, $4, $5)
           on conflict on constraint organization_option_pkey do update set value = excluded.value`,
    values: [
      project.id,
      project.organizationId,
      project.placeholderSlug,
      pendingOption(project.id),
      JSON.stringify({ slug: before.slug, name: before.name }),
    ],
  });
  return before;
}

const statusRow = z.object({ status: z.string() });

/** Whether a project waits for its deletion; of the teams of one member only when a member is given. */
export async function isAwaitingDeletion(
  db: Queryable,
  organizationId: string,
  memberId: string | null,
  projectId: string,
): Promise<boolean> {
  const row = await maybeOne(db, statusRow, {
    name: 'isAwaitingDeletion',
    text: `select status from project
            where id = $3 and organization_id = $1 and status in ('pending_deletion', 'deletion_in_progress')
              and ($2::bigint is null or exists (
                    select from project_team join team_member using (team_id)
                     where project_team.project_id = project.id and team_member.member_id = $2))`,
    values: [organizationId, memberId, projectId],
  });
  return row !== null;
}

const keptRow = z
  .object({ slug: z.string(), name: z.string() })
  .transform(({ slug, name }) => ({ slug, name }));

/**
 * Takes back a deletion that has not begun. Null when there is none to take back.
 * @param slugs the best first, given the one that it had; the first that is free becomes its slug again.
 */
export async function restoreProject(
  tx: Transaction,
  project: Readonly<{ organizationId: string; id: string }>,
  slugs: (kept: string) => readonly string[],
): Promise<DeletableProject | null> {
  if (!(await cancelOrder(tx, { model: 'project', id: project.id }))) return null;
  const kept = await maybeOne(tx, keptRow, {
    name: 'takeKeptSlug',
    text: `delete from organization_option where organization_id = $1 and key = $2
           returning value ->> 'slug' as slug, value ->> 'name' as name`,
    values: [project.organizationId, pendingOption(project.id)],
  });
  return maybeOne(tx, projectRow, {
    name: 'restoreProject',
    text: `update project
              set status = 'active',
                  slug = coalesce((
                    select candidate.slug from unnest($3::text[]) with ordinality as candidate (slug, position)
                     where not exists (
                             select from project other
                              where other.organization_id = $2 and other.slug = candidate.slug and other.id <> $1)
                     order by candidate.position
                     limit 1), slug)
            where id = $1 and organization_id = $2 and status = 'pending_deletion'
           returning id, slug, name, status`,
    values: [project.id, project.organizationId, kept === null ? [] : slugs(kept.slug)],
  });
}
