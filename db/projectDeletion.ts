import { z } from 'zod';
import { exec, many, maybeOne, type Queryable, type Transaction } from './pool.ts';

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

/** Orders the deletion; ordering again sets its date and actor anew. Answers the id of the order. */
export async function scheduleDeletion(
  tx: Transaction,
  deletion: Readonly<{ guid: string; projectId: string; actorId: string | null }>,
): Promise<string> {
  const row = await maybeOne(tx, z.object({ id: z.string() }), {
    name: 'scheduleDeletion',
    text: `insert into scheduled_deletion (guid, model, object_id, date_scheduled, actor_id)
           values ($1, 'project', $2, now(), $3)
           on conflict on constraint scheduled_deletion_model_object_id_key
           do update set date_scheduled = excluded.date_scheduled, actor_id = excluded.actor_id, in_progress = false
           returning id`,
    values: [deletion.guid, deletion.projectId, deletion.actorId],
  });
  return row?.id ?? '';
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
  const cancelled = await exec(tx, {
    name: 'cancelDeletion',
    text: `delete from scheduled_deletion
            using project
            where model = 'project' and object_id = $1 and not in_progress
              and project.id = object_id and project.organization_id = $2 and project.status = 'pending_deletion'`,
    values: [project.id, project.organizationId],
  });
  if (cancelled === 0) return null;
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
            where id = $1 and organization_id = $2
           returning id, slug, name, status`,
    values: [project.id, project.organizationId, kept === null ? [] : slugs(kept.slug)],
  });
}

const dueRow = z
  .object({ project_id: z.string(), organization_slug: z.string(), slug: z.string() })
  .transform((row) => ({
    projectId: row.project_id,
    organizationSlug: row.organization_slug,
    slug: row.slug,
  }));

export type DueDeletion = z.output<typeof dueRow>;

/** Deletions whose time came some time ago, the oldest first. */
export function listDueDeletions(
  db: Queryable,
  olderThanSeconds: number,
  limit: number,
): Promise<DueDeletion[]> {
  return many(db, dueRow, {
    name: 'listDueDeletions',
    text: `select object_id as project_id, coalesce(organization.slug, '') as organization_slug,
                  coalesce(kept.value ->> 'slug', project.slug, '') as slug
             from scheduled_deletion
             left join project on project.id = object_id
             left join organization on organization.id = project.organization_id
             left join organization_option kept
               on kept.organization_id = organization.id and kept.key = 'pending-delete:Project:' || object_id
            where model = 'project' and date_scheduled < now() - make_interval(secs => $1)
            order by date_scheduled
            limit $2`,
    values: [olderThanSeconds, limit],
  });
}
