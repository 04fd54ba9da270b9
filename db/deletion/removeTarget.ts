import { z } from 'zod';
import { appendOutbox } from '../outbox/appendOutbox.ts';
import { exec, one, type Transaction } from '../pool.ts';
import { dropOrder } from './deletionOrders.ts';
import type { DeletionModel, DeletionTarget } from './deletionModel.ts';
import { deleteStepRows, listDeletionSteps } from './deletionSteps.ts';

/** By model: the name of a table cannot be a parameter. */
const statements = {
  project: {
    lock: `select from project where id = $1 and status = 'deletion_in_progress' for update`,
    remove: `with removed as (delete from project where id = $1::bigint returning id, organization_id),
                  forgotten as (
                    delete from organization_option using removed
                     where organization_option.organization_id = removed.organization_id
                       and key = 'pending-delete:Project:' || removed.id)
             insert into tombstone (table_name, object_id) select 'project', id from removed
             on conflict on constraint tombstone_pkey do nothing`,
  },
  organization: {
    lock: `select from organization where id = $1 and status = 'deletion_in_progress' for update`,
    remove: `with removed as (delete from organization where id = $1::bigint returning id)
             insert into tombstone (table_name, object_id) select 'organization', id from removed
             on conflict on constraint tombstone_pkey do nothing`,
  },
} as const satisfies Record<DeletionModel, Readonly<{ lock: string; remove: string }>>;

/**
 * Ends a deletion: what came in since its tables were emptied, the row itself and the order, the tombstone in its place,
 * and the event that tells of a project. The lock comes first: what refers to the row can then neither be added nor be
 * on its way.
 * @returns the organization whose subscribers are to be told, if there are any.
 */
export async function removeTarget(
  tx: Transaction,
  target: DeletionTarget,
): Promise<string | null> {
  const { model, id } = target;
  const { lock, remove } = statements[model];
  const isThere = await exec(tx, { name: `lockDeleted_${model}`, text: lock, values: [id] });
  // Subscribers of an organization go with it.
  const told = isThere > 0 && model === 'project' ? await announceProject(tx, id) : null;
  if (isThere > 0) {
    for (const step of await listDeletionSteps(tx, model)) {
      await deleteStepRows(tx, step, id, null);
    }
    await exec(tx, { name: `remove_${model}`, text: remove, values: [id] });
  }
  await dropOrder(tx, target);
  return told;
}

const announcedRow = z.object({
  organizationId: z.string(),
  id: z.string(),
  slug: z.string(),
  name: z.string(),
});

/** A project goes by the slug that people knew; its row has a placeholder by now. */
async function announceProject(tx: Transaction, projectId: string): Promise<string | null> {
  const { organizationId, ...project } = await one(tx, announcedRow, {
    name: 'readDeletedProject',
    text: `select project.organization_id as "organizationId", project.id, project.name,
                  coalesce(kept.value ->> 'slug', project.slug) as slug
             from project
             left join organization_option kept
               on kept.organization_id = project.organization_id and kept.key = 'pending-delete:Project:' || project.id
            where project.id = $1`,
    values: [projectId],
  });
  const deliveries = await appendOutbox(tx, organizationId, [
    { type: 'project.deleted', projectIds: [projectId], payload: { project } },
  ]);
  return deliveries > 0 ? organizationId : null;
}
